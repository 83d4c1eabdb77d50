#include "cli/inspect.hpp"

#include "flame/parent.hpp"
#include "io/archive.hpp"
#include "io/file_reader.hpp"

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

boot::InspectFor inspect_for(const boot::Plan& plan, const config::Settings& settings,
                             const std::string& architecture)
{
  const auto parent = child::decode_parent(settings.flame_parent);
  const auto disk = settings.root_volume_size.value_or(0);
  return {.app = plan.app,
          .start_command = settings.command.empty() ? settings.start_command : settings.command,
          .backend = parent ? parent->backend : "",
          .architecture = architecture,
          .disk = static_cast<std::uint64_t>(disk) * k_gib};
}

Result<std::vector<std::string>> inspect_file(const std::string& path, boot::InspectFor what)
{
  const auto file = io::FileReader::open(path);
  if (!file) {
    return tl::unexpected(file.error());
  }
  what.packed_size = file->size();
  boot::Inspection inspection(std::move(what));
  const auto read = io::ArchiveReader::read_file(
    path, [&](const auto& entry, const auto& content) { return inspection.add(entry, content); });
  return judged(read, inspection);
}

Result<std::vector<std::string>> inspect_bytes(std::string_view bytes, const std::string& name,
                                               boot::InspectFor what)
{
  what.packed_size = bytes.size();
  boot::Inspection inspection(std::move(what));
  const auto read =
    io::ArchiveReader::read_bytes(bytes, name, [&](const auto& entry, const auto& content) {
      return inspection.add(entry, content);
    });
  return judged(read, inspection);
}

} // namespace flame::cli
