#include "base/toml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame {
namespace {

bool is_bare(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
         || c == '-';
}

std::string escaped(char c)
{
  switch (c) {
  case '"':
    return "\\\"";
  case '\\':
    return "\\\\";
  case '\n':
    return "\\n";
  case '\t':
    return "\\t";
  case '\r':
    return "\\r";
  default:
    break;
  }
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F ? fmt::format("\\u{:04X}", byte) : std::string(1, c);
}

} // namespace

std::string_view name(TomlKind kind)
{
  constexpr std::string_view k_names[] = {"a text",         "true or false", "a number",
                                          "a date or time", "a list",        "a table"};
  return k_names[static_cast<std::size_t>(kind)];
}

std::string toml_text(std::string_view value)
{
  std::string text = "\"";
  for (const char c : value) {
    text += escaped(c);
  }
  return text + "\"";
}

std::string toml_key(std::string_view key)
{
  return !key.empty() && std::ranges::all_of(key, is_bare) ? std::string(key) : toml_text(key);
}

} // namespace flame
