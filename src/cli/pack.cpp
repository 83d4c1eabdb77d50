#include "cli/pack.hpp"

#include "boot/bundle.hpp"
#include "io/archive.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace flame::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_piece = 1UL * 1024 * 1024;
constexpr std::size_t k_largest_object = 2UL * 1024 * 1024 * 1024; // of a release's files
constexpr std::string_view k_script = "#!";
constexpr std::string_view k_elf = "\x7f"
                                   "ELF";

struct Found {
  fs::path path = {};      // on this computer
  ArchiveEntry entry = {}; // in the archive
};

// Whether a link at `path` to `target` ends below the folder that both are in.
bool stays_inside(const std::string& path, const std::string& target)
{
  const fs::path to = (fs::path(path).parent_path() / fs::path(target)).lexically_normal();
  return !target.empty() && !fs::path(target).is_absolute()
         && (to.empty() || to.begin()->string() != "..");
}

Found look_at(const fs::directory_entry& at, std::string path, Mistakes& mistakes)
{
  Found found{.path = at.path(), .entry = {.path = std::move(path)}};
  ArchiveEntry& entry = found.entry;
  std::error_code failed;
  const fs::file_status status = at.symlink_status(failed);
  if (fs::is_symlink(status)) {
    entry.kind = EntryKind::link;
    entry.target = fs::read_symlink(at.path(), failed).string();
    if (!stays_inside(entry.path, entry.target)) {
      mistakes.add(fmt::format(R"("{}" in the bundle is a link to "{}", which is not in it)",
                               entry.path, entry.target),
                   "copy what it points to in its place");
    }
  } else if (fs::is_directory(status)) {
    entry.kind = EntryKind::folder;
  } else if (fs::is_regular_file(status)) {
    entry.size = at.file_size(failed);
    entry.executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none
                       || boot::is_program(entry.path);
  } else if (!failed) {
    mistakes.add(fmt::format("\"{}\" in the bundle is no file, folder or link", entry.path),
                 "remove it");
  }
  if (failed) {
    mistakes.add(fmt::format("cannot read \"{}\": {}", at.path().string(), failed.message()));
  }
  if (const std::string wrong = boot::wrong_with_path(entry.path); !wrong.empty()) {
    mistakes.add(fmt::format("\"{}\" in the bundle {}", entry.path, wrong), "rename it");
  }
  return found;
}

// A program alone is a folder with nothing else.
Result<std::vector<Found>> just_program(const std::string& path)
{
  Mistakes mistakes(ErrorKind::config);
  std::error_code failed;
  const fs::directory_entry program(fs::canonical(path, failed), failed); // links are followed
  if (failed) {
    return fail(ErrorKind::config,
                fmt::format("cannot read the bundle \"{}\": {}", path, failed.message()));
  }
  Found found = look_at(program, fs::path(path).filename(), mistakes);
  found.entry.executable = true;
  return mistakes.empty() ? Result<std::vector<Found>>({std::move(found)})
                          : tl::unexpected(mistakes.error());
}

Result<std::vector<Found>> walk(const std::string& folder)
{
  if (io::kind_of_path(folder) == io::PathKind::file) {
    return just_program(folder);
  }
  std::vector<Found> all;
  Mistakes mistakes(ErrorKind::config);
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    // Other folders come with what is in them.
    if (at->is_symlink(failed) || !at->is_directory(failed) || fs::is_empty(at->path(), failed)) {
      all.push_back(look_at(*at, at->path().lexically_relative(folder).generic_string(), mistakes));
    }
  }
  if (failed) {
    mistakes.add(fmt::format("cannot read the bundle \"{}\": {}", folder, failed.message()));
  }
  const bool holds_files =
    std::ranges::any_of(all, [](const Found& one) { return one.entry.kind != EntryKind::folder; });
  if (mistakes.empty() && !holds_files) {
    mistakes.add(fmt::format("the bundle \"{}\" is an empty folder", folder),
                 "build the release first: mix release");
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  std::ranges::sort(all, {}, [](const Found& one) { return one.entry.path; });
  return all;
}

// A script is a program whatever its mode is.
Result<void> add_file(io::Packer& packer, Found found)
{
  auto file = io::FileReader::open(found.path.string());
  if (!file) {
    return tl::unexpected(file.error());
  }
  auto first = file->read(k_piece);
  if (!first) {
    return tl::unexpected(first.error());
  }
  found.entry.executable = found.entry.executable || first->starts_with(k_script);
  bool begun = false;
  return packer.add(found.entry, [&]() -> Result<std::string> {
    return std::exchange(begun, true) ? file->read(k_piece) : std::move(*first);
  });
}

// Into a new file, what `add` adds.
Result<io::TempFile> packed(io::Packing packing,
                            const std::function<Result<void>(io::Packer&)>& add)
{
  auto file = io::TempFile::make();
  if (!file) {
    return file;
  }
  const auto packer = io::Packer::open(file->path(), packing);
  if (!packer) {
    return tl::unexpected(packer.error());
  }
  return add(**packer).and_then([&] { return (*packer)->finish(); }).map([&] {
    return std::move(*file);
  });
}

Result<io::TempFile> packed(io::Packing packing, std::vector<Found> all)
{
  return packed(packing, [&](io::Packer& packer) -> Result<void> {
    for (Found& found : all) {
      auto added = found.entry.kind == EntryKind::file
                     ? add_file(packer, std::move(found))
                     : packer.add(found.entry, std::string_view());
      if (!added) {
        return added;
      }
    }
    return {};
  });
}

std::uint64_t size_of(const std::vector<Found>& all)
{
  constexpr std::uint64_t k_block =
    512; // of a tar: each entry has one before it, and fills its last
  return std::accumulate(
    all.begin(), all.end(), std::uint64_t{0},
    [](std::uint64_t sum, const Found& found) { return sum + found.entry.size + 2 * k_block; });
}

std::string packing(std::size_t files, const std::string& folder)
{
  return fmt::format("packing {} file{} of {}", files, files == 1 ? "" : "s", folder);
}

} // namespace

bool is_program_file(const std::string& path)
{
  auto file = io::FileReader::open(path);
  const auto start = file ? file->read(k_elf.size()) : tl::unexpected(file.error());
  return start && (start->starts_with(k_script) || *start == k_elf);
}

Result<void> visit_folder(const std::string& folder, const io::ArchiveReader::Visit& visit)
{
  const auto all = walk(folder);
  if (!all) {
    return tl::unexpected(all.error());
  }
  for (const Found& found : *all) {
    const auto read = [&](std::size_t longest) {
      auto file = io::FileReader::open(found.path.string());
      return file ? file->read(longest).value_or("") : std::string();
    };
    if (!visit(found.entry, read)) {
      break;
    }
  }
  return {};
}

Result<io::TempFile> pack_folder(const std::string& folder, boot::Progress& progress)
{
  auto all = walk(folder);
  if (!all) {
    return tl::unexpected(all.error());
  }
  progress.doing(packing(all->size(), folder));
  return packed(io::Packing::gzip, std::move(*all));
}

Result<std::optional<std::string>> tar_of_folder(const std::string& folder, std::uint64_t most,
                                                 boot::Progress& progress)
{
  auto all = walk(folder);
  if (!all) {
    return tl::unexpected(all.error());
  }
  if (size_of(*all) > most) {
    return std::nullopt;
  }
  progress.doing(packing(all->size(), folder));
  const auto file = packed(io::Packing::none, std::move(*all));
  if (!file) {
    return tl::unexpected(file.error());
  }
  return io::read_named_file(file->path(), 2 * most).map([](std::string bytes) {
    return std::optional(std::move(bytes));
  });
}

Result<io::TempFile> pack_objects(const aws::S3Object& folder,
                                  const std::vector<boot::FolderEntry>& entries, aws::S3Api& s3,
                                  const std::function<aws::CallLimit()>& limit,
                                  boot::Progress& progress)
{
  return packed(io::Packing::gzip, [&](io::Packer& packer) -> Result<void> {
    std::size_t count = 0;
    for (const boot::FolderEntry& entry : entries) {
      progress.doing(fmt::format("packing {}: {} of {} objects", aws::describe(folder), ++count,
                                 entries.size()));
      const auto bytes =
        s3.get({.bucket = folder.bucket, .key = entry.object.key}, k_largest_object, limit());
      if (!bytes) {
        return tl::unexpected(bytes.error().error);
      }
      const bool program = boot::is_program(entry.path) || bytes->starts_with(k_script);
      auto added =
        packer.add({.path = entry.path, .size = bytes->size(), .executable = program}, *bytes);
      if (!added) {
        return added;
      }
    }
    return {};
  });
}

} // namespace flame::cli
