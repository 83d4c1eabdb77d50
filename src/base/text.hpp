#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text without locale: ASCII rules only. Pure.
namespace flame {

std::string_view trim(std::string_view text); // blanks, tabs, CR and LF at both ends
std::string to_lower(std::string_view text);  // A-Z only
std::string to_upper(std::string_view text);  // a-z only

// Always at least one piece: split("", ',') is {""}.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> pieces, std::string_view separator);

bool is_valid_utf8(std::string_view text); // RFC 3629: no surrogates, nothing over U+10FFFF

// The candidate with the smallest edit distance (a swap of neighbours counts one), or "" when
// none is near enough to be what was meant: a third of the letters, rounded down, but one.
std::string_view nearest(std::string_view wanted, std::span<const std::string_view> candidates);

} // namespace flame
