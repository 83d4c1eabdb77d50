#pragma once

#include "base/archive_entry.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Archives by libarchive, which stays behind this header.
namespace flame::io {

enum class Packing { gzip, none };

// Writes a tar whose bytes depend on what is added alone: no times, no owners, no modes but
// "executable". Entries are to be added in their order. Kind output.
class Packer {
public:
  static Result<std::unique_ptr<Packer>> open(const std::string& path,
                                              Packing packing = Packing::gzip);
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  // `next` gives the bytes of a file, piece by piece, "" at its end; exactly `entry.size` of them.
  Result<void> add(const ArchiveEntry& entry, const std::function<Result<std::string>()>& next);
  Result<void> add(const ArchiveEntry& entry, std::string_view bytes);
  Result<void> finish(); // once, at the end

private:
  struct State;
  explicit Packer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The bytes as an .xz file: the same for the same bytes. Kind config without libarchive, else
// internal.
Result<std::string> xz(std::string_view bytes);

// Reads a tar, plain or packed by gzip, zstd or xz. Nothing of it is written anywhere.
class ArchiveReader {
public:
  // False: stop here. `read` gives the first bytes of the entry's content, at most `longest`.
  using Visit = std::function<bool(const ArchiveEntry& entry,
                                   const std::function<std::string(std::size_t longest)>& read)>;

  // The program that packed it, as its name tells: "gzip", "zstd", "xz"; "" for a plain tar;
  // nullopt: any.
  using Packed = std::optional<std::string>;

  // Kind config: no archive, or cut, or packed otherwise. `name` is for messages.
  static Result<void> read_file(const std::string& path, const Visit& visit,
                                const Packed& packed = std::nullopt);
  static Result<void> read_bytes(std::string_view bytes, const std::string& name,
                                 const Visit& visit, const Packed& packed = std::nullopt);
};

} // namespace flame::io
