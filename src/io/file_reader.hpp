#pragma once

#include "base/error.hpp"
#include "io/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

// A regular file that is too large for memory, piece by piece. Messages name the path and the
// system's reason. Kind config.
namespace flame::io {

class FileReader {
public:
  static Result<FileReader> open(const std::string& path);

  std::uint64_t size() const { return size_; } // when it was opened
  // The next bytes, at most `longest`; "" at the end.
  Result<std::string> read(std::size_t longest);

private:
  FileReader(std::string path, int descriptor, std::uint64_t size);

  std::string path_;
  Descriptor file_;
  std::uint64_t size_;
};

// Hex, of the whole file.
Result<std::string> sha256_of_file(const std::string& path);

enum class PathKind { nothing, file, folder, other };
PathKind kind_of_path(const std::string& path); // follows links

// An empty file that nobody else can read, gone with the object.
class TempFile {
public:
  static Result<TempFile> make(); // in $TMPDIR or /tmp
  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&& other) noexcept;
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile();
  const std::string& path() const { return path_; }

private:
  explicit TempFile(std::string path) : path_(std::move(path)) {}
  std::string path_; // "" once it is moved from
};

} // namespace flame::io
