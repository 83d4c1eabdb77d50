#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// gzip's format (RFC 1952). Pure.
namespace flame {

// At the best level, and without a name or a time: the same bytes for the same bytes.
std::string gzip(std::string_view bytes);

// What was packed, when that is at most `most` bytes and whole; several streams are one.
std::optional<std::string> gunzip(std::string_view packed, std::size_t most);

} // namespace flame
