#include "cli/inspect.hpp"

#include "cli/pack.hpp"
#include "flame/parent.hpp"
#include "io/archive.hpp"
#include "io/file_reader.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

constexpr std::uint64_t k_gib = 1024ULL * 1024 * 1024;

// What is told of a bundle that is no archive is told alone: the rest would follow from it.
Result<std::vector<std::string>> judged(const Result<void>& read,
                                        const boot::Inspection& inspection)
{
  return read ? inspection.result() : tl::unexpected(read.error());
}

} // namespace

boot::InspectFor inspect_for(const std::string& app, const config::Settings& settings,
                             const MachineFacts& machine)
{
  const auto parent = child::decode_parent(settings.flame_parent);
  return {.app = app,
          .start_command = settings.command.empty() ? settings.start_command : settings.command,
          .backend = parent ? parent->backend : "",
          .architecture = machine.architecture,
          .disk = static_cast<std::uint64_t>(machine.root_volume_size) * k_gib};
}

Result<std::vector<std::string>> inspect_file(const std::string& path, boot::InspectFor what)
{
  const auto file = io::FileReader::open(path);
  if (!file) {
    return tl::unexpected(file.error());
  }
  what.packed_size = file->size();
  const io::ArchiveReader::Packed packed = what.unpacker;
  boot::Inspection inspection(std::move(what));
  const auto read = io::ArchiveReader::read_file(
    path, [&](const auto& entry, const auto& content) { return inspection.add(entry, content); },
    packed);
  return judged(read, inspection);
}

Result<std::vector<std::string>> inspect_bytes(std::string_view bytes, const std::string& name,
                                               boot::InspectFor what)
{
  what.packed_size = bytes.size();
  const io::ArchiveReader::Packed packed = what.unpacker;
  boot::Inspection inspection(std::move(what));
  const auto read = io::ArchiveReader::read_bytes(
    bytes, name,
    [&](const auto& entry, const auto& content) { return inspection.add(entry, content); }, packed);
  return judged(read, inspection);
}

Result<std::vector<std::string>> inspect_local(const boot::Bundle& bundle, boot::InspectFor what)
{
  if (bundle.kind == boot::BundleKind::file) {
    what.unpacker = bundle.type->unpacker;
    return inspect_file(bundle.place, std::move(what));
  }
  boot::Inspection inspection(std::move(what));
  const auto read = visit_folder(bundle.place, [&](const auto& entry, const auto& content) {
    return inspection.add(entry, content);
  });
  return judged(read, inspection);
}

Result<std::vector<std::string>> inspect_names(const std::vector<boot::FolderEntry>& files,
                                               boot::InspectFor what)
{
  boot::Inspection inspection(std::move(what));
  for (const boot::FolderEntry& file : files) {
    const bool goes_on = inspection.add({.path = file.path, .size = file.object.size},
                                        [](std::size_t) { return std::string(); });
    if (!goes_on) {
      break;
    }
  }
  return inspection.result();
}

Result<void> check_local_bundle(const boot::Bundle& bundle)
{
  if (!boot::is_local(bundle)) {
    return {};
  }
  const io::PathKind kind = io::kind_of_path(bundle.place);
  const auto bad = [&](std::string_view what, std::string hint) {
    return fail(ErrorKind::config, fmt::format("bundle \"{}\" {}", bundle.place, what),
                std::move(hint));
  };
  if (kind == io::PathKind::nothing) {
    return bad("is not there", "build it first, or give s3://BUCKET/KEY.tar.gz");
  }
  if (bundle.kind == boot::BundleKind::file && kind != io::PathKind::file) {
    return bad("is no file", "give a folder without an ending, or an archive");
  }
  const bool program = kind == io::PathKind::file && is_program_file(bundle.place);
  if (bundle.kind == boot::BundleKind::folder && kind != io::PathKind::folder && !program) {
    return bad("has no known ending, and is no program",
               fmt::format("a bundle ends in one of {}; a script begins with \"#!\"",
                           boot::known_endings()));
  }
  return {};
}

} // namespace flame::cli
