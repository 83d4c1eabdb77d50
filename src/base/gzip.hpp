#pragma once

#include <string>
#include <string_view>

// gzip's format (RFC 1952). Pure.
namespace flame {

// At the best level, and without a name or a time: the same bytes for the same bytes.
std::string gzip(std::string_view bytes);

} // namespace flame
