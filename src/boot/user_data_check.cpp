#include "base/text.hpp"
#include "boot/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>

// What cannot reach the machine as it is, is refused before anything is launched.
namespace flame::boot {
namespace {

bool is_letter(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool is_variable_name(std::string_view name)
{
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
}

// Of the character that starts at `at`; the text is valid UTF-8.
char32_t code_point(std::string_view text, std::size_t at)
{
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  char32_t point = more == 0 ? first : first & (0x3FU >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    point = point << 6U | (byte(at + i) & 0x3FU);
  }
  return point;
}

bool is_unloadable(char32_t point)
{
  return point == 0xFEFF || (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFEU) == 0xFFFE;
}

// "" when systemd can load the value.
std::string mistake_of(std::string_view value)
{
  if (value.find('\0') != std::string_view::npos) {
    return "holds a NUL byte";
  }
  if (!is_valid_utf8(value)) {
    return "is not valid UTF-8";
  }
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(value[at]) & 0xC0U) != 0x80;
    if (starts && is_unloadable(code_point(value, at))) {
      return fmt::format("holds U+{:04X}", static_cast<std::uint32_t>(code_point(value, at)));
    }
  }
  return "";
}

} // namespace

Result<void> check_variables(const std::vector<child::Variable>& variables)
{
  constexpr std::size_t longest_address = 15;
  Mistakes mistakes(ErrorKind::config);
  for (const child::Variable& variable : variables) {
    if (!is_variable_name(variable.name)) {
      mistakes.add(fmt::format("environment variable \"{}\" has a name that systemd does not take",
                               variable.name),
                   "use letters, digits and '_', and no digit first");
      continue;
    }
    const std::string wrong = mistake_of(variable.value);
    if (!wrong.empty()) {
      mistakes.add(fmt::format("the value of environment variable {} {}", variable.name, wrong),
                   "systemd cannot load it; pass it in base64 and decode it in the release");
    }
    const std::size_t size = variable.name.size() + 1 + variable.value.size()
                             + (variable.append_private_ip ? longest_address : 0) + 1;
    if (size > k_variable_limit) {
      mistakes.add(fmt::format("environment variable {} is {} bytes too long", variable.name,
                               size - k_variable_limit),
                   fmt::format("Linux takes {} bytes of name and value", k_variable_limit - 2));
    }
  }
  if (mistakes.empty()) {
    return {};
  }
  return tl::unexpected(mistakes.error());
}

} // namespace flame::boot
