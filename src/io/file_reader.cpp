#include "io/file_reader.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace flame::io {
namespace {

constexpr std::size_t k_piece = 1UL * 1024 * 1024;

tl::unexpected<Error> cannot(std::string_view verb, const std::string& path, int number)
{
  return fail(ErrorKind::config, fmt::format("cannot {} \"{}\": {}", verb, path,
                                             std::generic_category().message(number)));
}

} // namespace

FileReader::FileReader(std::string path, int descriptor, std::uint64_t size)
  : path_(std::move(path)), file_(descriptor), size_(size)
{
}

Result<FileReader> FileReader::open(const std::string& path)
{
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return cannot("read", path, errno);
  }
  FileReader reader(path, descriptor, 0);
  struct stat about = {};
  if (::fstat(descriptor, &about) != 0) {
    return cannot("read", path, errno);
  }
  if (!S_ISREG(about.st_mode)) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no file", path));
  }
  reader.size_ = static_cast<std::uint64_t>(about.st_size);
  return reader;
}

Result<std::string> FileReader::read(std::size_t longest)
{
  std::string bytes(longest, '\0');
  std::size_t filled = 0;
  while (filled < longest) {
    const ssize_t got = ::read(file_.get(), bytes.data() + filled, longest - filled);
    if (got < 0 && errno != EINTR) {
      return cannot("read", path_, errno);
    }
    if (got == 0) {
      break;
    }
    filled += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  bytes.resize(filled);
  return bytes;
}

Result<std::string> sha256_of_file(const std::string& path)
{
  auto file = FileReader::open(path);
  if (!file) {
    return tl::unexpected(file.error());
  }
  Sha256 digest;
  for (;;) {
    auto piece = file->read(k_piece);
    if (!piece) {
      return piece;
    }
    if (piece->empty()) {
      return to_hex(digest.digest());
    }
    digest.add(*piece);
  }
}

PathKind kind_of_path(const std::string& path)
{
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) {
    return PathKind::nothing;
  }
  return S_ISREG(about.st_mode)   ? PathKind::file
         : S_ISDIR(about.st_mode) ? PathKind::folder
                                  : PathKind::other;
}

Result<TempFile> TempFile::make()
{
  const char* const folder = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
  std::string path =
    fmt::format("{}/flame-ec2.XXXXXX", folder != nullptr && *folder != '\0' ? folder : "/tmp");
  const Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) {
    return cannot("make", path, errno);
  }
  return TempFile(path);
}

TempFile::TempFile(TempFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempFile& TempFile::operator=(TempFile&& other) noexcept
{
  std::swap(path_, other.path_);
  return *this;
}

TempFile::~TempFile()
{
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

} // namespace flame::io
