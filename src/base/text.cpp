#include "base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace flame {
namespace {

constexpr std::string_view k_blanks = " \t\r\n";

// Optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b)
{
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

// Bytes that follow `lead` in a well-formed sequence, or -1.
int continuation_bytes(std::uint8_t lead)
{
  if (lead < 0x80) {
    return 0;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return 1;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    return 2;
  }
  return lead >= 0xF0 && lead <= 0xF4 ? 3 : -1;
}

// The second byte is narrower after these leads: overlong forms, surrogates, over U+10FFFF.
bool second_byte_fits(std::uint8_t lead, std::uint8_t second)
{
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return second >= low && second <= high;
}

template <typename Change> std::string changed(std::string_view text, Change change)
{
  std::string result(text);
  std::ranges::transform(result, result.begin(), change);
  return result;
}

} // namespace

std::string_view trim(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

std::string to_lower(std::string_view text)
{
  return changed(text, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

std::string to_upper(std::string_view text)
{
  return changed(text, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

std::vector<std::string> split(std::string_view text, char separator)
{
  std::vector<std::string> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return pieces;
    }
    text.remove_prefix(end + 1);
  }
}

std::string join(std::span<const std::string> pieces, std::string_view separator)
{
  std::string joined;
  for (const std::string& piece : pieces) {
    if (&piece != pieces.data()) {
      joined += separator;
    }
    joined += piece;
  }
  return joined;
}

bool is_valid_utf8(std::string_view text)
{
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const int more = continuation_bytes(lead);
    if (more < 0 || at + static_cast<std::size_t>(more) >= text.size()) {
      return false;
    }
    for (int i = 1; i <= more; ++i) {
      const auto byte = static_cast<std::uint8_t>(text[at + static_cast<std::size_t>(i)]);
      if ((byte & 0xC0) != 0x80 || (i == 1 && !second_byte_fits(lead, byte))) {
        return false;
      }
    }
    at += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

std::string_view nearest(std::string_view wanted, std::span<const std::string_view> candidates)
{
  std::string_view best;
  std::size_t best_distance =
    wanted.size() < 2 ? 1 : std::max<std::size_t>(wanted.size() / 3, 1) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t found = distance(wanted, candidate);
    if (found < best_distance) {
      best = candidate;
      best_distance = found;
    }
  }
  return best;
}

} // namespace flame
