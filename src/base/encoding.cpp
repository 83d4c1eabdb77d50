#include "base/encoding.hpp"

#include <array>
#include <cstdint>

namespace flame {
namespace {

constexpr std::string_view k_base64 =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int, 256> k_from_base64 = [] {
  std::array<int, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < k_base64.size(); ++i) {
    values[static_cast<std::uint8_t>(k_base64[i])] = static_cast<int>(i);
  }
  return values;
}();

bool is_unreserved(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
         || c == '_' || c == '.' || c == '~';
}

int hex_value(char c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::uint32_t byte_at(std::string_view bytes, std::size_t at)
{
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0U;
}

} // namespace

std::string to_hex(std::string_view bytes)
{
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex(bytes.size() * 2, '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    hex[2 * i] = digits[static_cast<std::uint8_t>(bytes[i]) >> 4U];
    hex[2 * i + 1] = digits[static_cast<std::uint8_t>(bytes[i]) & 0xFU];
  }
  return hex;
}

std::string to_base64(std::string_view bytes)
{
  std::string text((bytes.size() + 2) / 3 * 4, '='); // filled in place: user data is long
  char* to = text.data();
  const std::size_t whole = bytes.size() / 3 * 3;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t group =
      byte_at(bytes, at) << 16U | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2);
    *to++ = k_base64[group >> 18U];
    *to++ = k_base64[group >> 12U & 63U];
    if (at < whole || bytes.size() - at == 2) {
      *to++ = k_base64[group >> 6U & 63U];
    }
    if (at < whole) {
      *to++ = k_base64[group & 63U];
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text)
{
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const std::string_view digits = text.substr(0, text.size() - padding);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : digits) {
    const int value = k_from_base64[static_cast<std::uint8_t>(c)];
    if (value < 0) {
      return std::nullopt;
    }
    group = group << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xFFU);
    }
  }
  return bytes;
}

std::string uri_encode(std::string_view bytes, std::string_view also_safe)
{
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    if (is_unreserved(c) || also_safe.find(c) != std::string_view::npos) {
      text += c;
    } else {
      text += '%';
      text += digits[static_cast<std::uint8_t>(c) >> 4U];
      text += digits[static_cast<std::uint8_t>(c) & 0xFU];
    }
  }
  return text;
}

std::string uri_decode(std::string_view text)
{
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0
                        && hex_value(text[at + 2]) >= 0;
    if (escape) {
      bytes += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      bytes += text[at];
    }
  }
  return bytes;
}

} // namespace flame
