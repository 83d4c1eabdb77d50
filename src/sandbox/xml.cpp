#include "sandbox/xml.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace flame::sandbox {
namespace {

std::string escape(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\r':
      out += "&#xD;";
      break; // else a parser makes it a line feed
    default:
      out += c;
    }
  }
  return out;
}

} // namespace

Xml& Xml::open(std::string_view name, std::string_view xmlns)
{
  out_ += xmlns.empty() ? fmt::format("<{}>", name) : fmt::format("<{} xmlns=\"{}\">", name, xmlns);
  return *this;
}

Xml& Xml::close(std::string_view name)
{
  out_ += fmt::format("</{}>", name);
  return *this;
}

Xml& Xml::text(std::string_view name, std::string_view value)
{
  out_ += fmt::format("<{0}>{1}</{0}>", name, escape(value));
  return *this;
}

Xml& Xml::maybe(std::string_view name, std::string_view value)
{
  return value.empty() ? *this : text(name, value);
}

std::string json_string(std::string_view text)
{
  const bool utf8 = is_valid_utf8(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else if (byte >= 0x80 && !utf8) {
      out += "\\ufffd";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

} // namespace flame::sandbox
