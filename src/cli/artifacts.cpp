#include "cli/artifacts.hpp"

#include "io/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace flame::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_piece = 1UL * 1024 * 1024;
constexpr fs::perms k_execute =
  fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;

using Next = std::function<std::string(std::size_t)>;

// "./a//b" to "a/b"; nullopt for what leads out.
std::optional<fs::path> inner_path(const std::string& path)
{
  const fs::path normal = fs::path(path).lexically_normal();
  const bool out = normal.is_absolute() || (!normal.empty() && normal.begin()->string() == "..");
  return out ? std::nullopt : std::optional(normal);
}

class Unpacker {
public:
  explicit Unpacker(fs::path folder) : folder_(std::move(folder)) {}

  Result<void> run(const std::string& archive)
  {
    Result<void> taken;
    const auto visit = [&](const ArchiveEntry& entry, const Next& next) {
      taken = take(entry, next);
      return taken.has_value();
    };
    auto read =
      in_folder({}).and_then([&] { return io::ArchiveReader::read_file(archive, visit); });
    if (!read || !taken) {
      return read ? taken : read;
    }
    for (const auto& [path, target] : links_) { // last, so that nothing is written through one
      if (auto made = make_link(path, target); !made) {
        return made;
      }
    }
    return {};
  }

private:
  Result<void> failed(const fs::path& path, const std::error_code& why) const
  {
    return fail(ErrorKind::output,
                fmt::format("cannot write \"{}\": {}", (folder_ / path).string(), why.message()));
  }

  // Makes it with all above it; what is no folder there, a link of an earlier run too, gives way.
  Result<void> in_folder(const fs::path& path) const
  {
    std::error_code why;
    fs::create_directories(folder_, why); // which may be a link: it is the user's
    fs::path at = folder_;
    for (const fs::path& part : path) {
      at /= part;
      const fs::file_status there = fs::symlink_status(at, why);
      if (fs::exists(there) && !fs::is_directory(there)) {
        fs::remove(at, why);
      }
      fs::create_directory(at, why);
      if (why) {
        break;
      }
    }
    return why ? failed(path, why) : Result<void>();
  }

  // Nothing stands where the file will be.
  Result<void> make_way(const fs::path& path) const
  {
    std::error_code why;
    if (fs::is_directory(fs::symlink_status(folder_ / path, why))) {
      return failed(path, std::make_error_code(std::errc::is_a_directory));
    }
    fs::remove(folder_ / path, why);
    return why ? failed(path, why) : Result<void>();
  }

  Result<void> take(const ArchiveEntry& entry, const Next& next)
  {
    const auto path = inner_path(entry.path);
    if (!path) {
      return fail(ErrorKind::config,
                  fmt::format("\"{}\" of the artifacts leads out of them", entry.path));
    }
    const auto way = [&] {
      return in_folder(path->parent_path()).and_then([&] { return make_way(*path); });
    };
    switch (entry.kind) {
    case EntryKind::folder:
      return in_folder(*path);
    case EntryKind::link:
      links_.emplace_back(*path, entry.target);
      return {};
    case EntryKind::file:
      return way().and_then([&] { return write(*path, entry, next); });
    case EntryKind::hard_link:
      return way().and_then([&] { return copy(*path, entry.target); });
    case EntryKind::device:
    case EntryKind::other:
      break; // nothing to bring home
    }
    return {};
  }

  Result<void> write(const fs::path& path, const ArchiveEntry& entry, const Next& next) const
  {
    std::ofstream file(folder_ / path, std::ios::binary);
    for (std::uint64_t left = entry.size; file && left > 0;) {
      const std::string bytes = next(std::min<std::uint64_t>(left, k_piece));
      if (bytes.empty()) {
        return fail(ErrorKind::config, fmt::format("\"{}\" of the artifacts is cut", entry.path));
      }
      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      left -= bytes.size();
    }
    file.close();
    std::error_code why;
    if (!file) {
      why = std::error_code(errno, std::generic_category());
    } else if (entry.executable) {
      fs::permissions(folder_ / path, k_execute, fs::perm_options::add, why);
    }
    return why ? failed(path, why) : Result<void>();
  }

  Result<void> copy(const fs::path& path, const std::string& target) const
  {
    const auto from = inner_path(target);
    std::error_code why;
    if (!from || !fs::is_regular_file(fs::symlink_status(folder_ / *from, why))) {
      return failed(path, std::make_error_code(std::errc::no_such_file_or_directory));
    }
    fs::copy_file(folder_ / *from, folder_ / path, why);
    return why ? failed(path, why) : Result<void>();
  }

  Result<void> make_link(const fs::path& path, const std::string& target) const
  {
    auto way = in_folder(path.parent_path()).and_then([&] { return make_way(path); });
    std::error_code why;
    if (way) {
      fs::create_symlink(target, folder_ / path, why);
    }
    return why ? failed(path, why) : way;
  }

  fs::path folder_;
  std::vector<std::pair<fs::path, std::string>> links_ = {};
};

} // namespace

Result<void> Artifacts::add(std::size_t job, std::string_view bytes)
{
  auto found = files_.find(job);
  if (found == files_.end()) {
    auto made = io::TempFile::make();
    if (!made) {
      return tl::unexpected(made.error());
    }
    found = files_.emplace(job, std::move(*made)).first;
  }
  std::ofstream file(found->second.path(), std::ios::binary | std::ios::app);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file ? Result<void>()
              : fail(ErrorKind::output,
                     fmt::format("cannot write the artifacts to \"{}\"", found->second.path()));
}

Result<void> Artifacts::unpack(std::size_t job, const std::string& folder) const
{
  const auto found = files_.find(job);
  if (found != files_.end()) {
    return Unpacker(folder).run(found->second.path());
  }
  std::error_code why; // it has left nothing
  std::filesystem::create_directories(folder, why);
  return why ? fail(ErrorKind::output,
                    fmt::format("cannot make the folder \"{}\": {}", folder, why.message()))
             : Result<void>();
}

} // namespace flame::cli
