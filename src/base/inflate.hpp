#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// zlib's format (RFC 1950). Pure.
namespace flame {

// What was compressed, when that is `size` bytes exactly; bytes behind the stream do not matter.
// Takes `size` bytes of memory whatever the stream says, so the caller bounds it.
std::optional<std::string> inflate(std::string_view zlib, std::size_t size);

} // namespace flame
