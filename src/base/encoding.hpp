#pragma once

#include <optional>
#include <string>
#include <string_view>

// Encodings of bytes as text. Pure.
namespace flame {

std::string to_hex(std::string_view bytes); // lower case

std::string to_base64(std::string_view bytes);                 // RFC 4648, padded, one line
std::optional<std::string> from_base64(std::string_view text); // padded, no blanks

// RFC 3986: all but A-Z a-z 0-9 - _ . ~ and `also_safe` becomes %XX in upper case.
std::string uri_encode(std::string_view bytes, std::string_view also_safe = {});
std::string uri_decode(std::string_view text); // %XX only; a broken escape stays as it is

} // namespace flame
