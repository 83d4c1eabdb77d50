#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Whole files. Messages name the path and the system's reason, never the content.
namespace flame::io {

inline constexpr std::size_t k_file_limit = 8UL * 1024 * 1024;

// The whole file; nullopt when it is not there. Pipes (`<(command)`) are read to their end.
// A folder, no permission, more than `limit` bytes: kind config.
Result<std::optional<std::string>> read_file(const std::string& path,
                                             std::size_t limit = k_file_limit);

// As above, for a file that the user has named: not there is an error too.
Result<std::string> read_named_file(const std::string& path, std::size_t limit = k_file_limit);

// Whether its mode lets users read it who are not its owner. False for what is not there, and for
// what is no regular file.
bool others_can_read(const std::string& path);

// Mode 0600. Readers see the old content or the new, never a part, also after a power cut; a
// symbolic link stays one. What is no regular file (/dev/stderr, a pipe) is written in place.
// Kind output.
Result<void> write_file(const std::string& path, std::string_view bytes);

// With all folders above it, mode 0700; what is there is left as it is. Kind output, also when
// nothing could be written into it.
Result<void> make_folder(const std::string& path);

} // namespace flame::io
