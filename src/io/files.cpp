#include "io/files.hpp"

#include "io/descriptor.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace flame::io {
namespace {

tl::unexpected<Error> cannot(ErrorKind kind, std::string_view verb, const std::string& path,
                             int number)
{
  return fail(
    kind, fmt::format("cannot {} \"{}\": {}", verb, path, std::generic_category().message(number)));
}

Result<std::string> read_all(int fd, const std::string& path, std::size_t limit)
{
  std::string bytes;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno != EINTR) {
      return cannot(ErrorKind::config, "read", path, errno);
    }
    if (got == 0) {
      return bytes;
    }
    bytes.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    if (bytes.size() > limit) {
      return fail(ErrorKind::config,
                  fmt::format("cannot read \"{}\": it has more than {} bytes", path, limit));
    }
  }
}

// Writes and makes sure that it is on the disk. 0, or an errno.
int write_all(int fd, std::string_view bytes, bool regular)
{
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno != EINTR) {
      return errno;
    }
    bytes.remove_prefix(done > 0 ? static_cast<std::size_t>(done) : 0);
  }
  return regular && ::fsync(fd) != 0 ? errno : 0;
}

Result<void> write_in_place(const std::string& path, std::string_view bytes)
{
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  const int failed = file ? write_all(file.get(), bytes, false) : errno;
  if (failed != 0) {
    return cannot(ErrorKind::output, "write", path, failed);
  }
  return {};
}

std::string folder_of(const std::string& path)
{
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// `path` with its last part's links followed, so that a rename does not replace a link.
std::string real_target(const std::string& path)
{
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? std::string(real.get()) : path;
}

Result<void> replace(const std::string& path, std::string_view bytes)
{
  const std::string target = real_target(path);
  std::string temporary = target + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC)); // 0600
  if (!file) {
    return cannot(ErrorKind::output, "write", path, errno);
  }
  int failed = write_all(file.get(), bytes, true);
  if (failed == 0 && !file.close()) {
    failed = errno;
  }
  if (failed == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) {
    failed = errno;
  }
  if (failed != 0) {
    ::unlink(temporary.c_str());
    return cannot(ErrorKind::output, "write", path, failed);
  }
  // The new name must be on the disk too. Some file systems cannot say so: no reason to fail.
  const Descriptor folder(::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) {
    ::fsync(folder.get());
  }
  return {};
}

} // namespace

Result<std::optional<std::string>> read_file(const std::string& path, std::size_t limit)
{
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) {
    return std::nullopt;
  }
  if (!file) {
    return cannot(ErrorKind::config, "read", path, errno);
  }
  auto bytes = read_all(file.get(), path, limit);
  if (!bytes) {
    return tl::unexpected(std::move(bytes.error()));
  }
  return std::optional(std::move(*bytes));
}

Result<std::string> read_named_file(const std::string& path, std::size_t limit)
{
  auto found = read_file(path, limit);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  if (!*found) {
    return cannot(ErrorKind::config, "read", path, ENOENT);
  }
  return std::move(**found);
}

bool others_can_read(const std::string& path)
{
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)
         && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

Result<void> write_file(const std::string& path, std::string_view bytes)
{
  struct stat status = {};
  const bool there = ::stat(path.c_str(), &status) == 0;
  if (there && S_ISDIR(status.st_mode)) {
    return cannot(ErrorKind::output, "write", path, EISDIR);
  }
  return there && !S_ISREG(status.st_mode) ? write_in_place(path, bytes) : replace(path, bytes);
}

Result<void> make_folder(const std::string& path)
{
  for (std::size_t at = 1; at <= path.size(); ++at) {
    const bool is_part = at == path.size() || path[at] == '/';
    if (is_part && ::mkdir(path.substr(0, at).c_str(), 0700) != 0 && errno != EEXIST) {
      return cannot(ErrorKind::output, "write", path, errno);
    }
  }
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return cannot(ErrorKind::output, "write", path, ENOTDIR);
  }
  return ::access(path.c_str(), W_OK | X_OK) == 0 ? Result<void>()
                                                  : cannot(ErrorKind::output, "write", path, errno);
}

} // namespace flame::io
