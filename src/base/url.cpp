#include "base/url.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace flame {
namespace {

// What stands before the first of `marks`; `text` keeps the mark and the rest.
std::string_view take_until(std::string_view& text, std::string_view marks)
{
  const std::string_view piece = text.substr(0, text.find_first_of(marks));
  text.remove_prefix(piece.size());
  return piece;
}

bool is_scheme(std::string_view text)
{
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' && std::ranges::all_of(text, fits);
}

// An empty port ("host:") is none, as in RFC 3986.
bool read_port(std::string_view text, std::optional<std::uint16_t>& port)
{
  if (text.empty()) {
    return true;
  }
  std::uint16_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, value);
  port = value;
  return failed == std::errc() && end == last && value != 0;
}

bool read_authority(std::string_view text, Url& url)
{
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    url.has_user_info = true;
    text.remove_prefix(at + 1);
  }
  const auto is_blank = [](char c) { return c <= ' ' || c == '\x7f' || c == '\\'; };
  if (std::ranges::any_of(text, [&](char c) { return c >= 0 && is_blank(c); })) {
    return false;
  }
  std::size_t end = text.find(':');
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) {
      return false;
    }
    ++end;
  }
  url.host = to_lower(text.substr(0, end));
  text.remove_prefix(std::min(end, text.size()));
  if (url.host.empty() || (!text.empty() && text[0] != ':')) {
    return false;
  }
  return text.empty() || read_port(text.substr(1), url.port);
}

} // namespace

std::optional<Url> split_url(std::string_view text)
{
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  Url url{.scheme = to_lower(text.substr(0, colon))};
  text.remove_prefix(colon + 3);
  if (!is_scheme(url.scheme) || !read_authority(take_until(text, "/?#"), url)) {
    return std::nullopt;
  }
  url.path = take_until(text, "?#");
  if (text.starts_with('?')) {
    url.query = take_until(text, "#").substr(1);
  }
  if (text.starts_with('#')) {
    url.fragment = text.substr(1);
  }
  return url;
}

std::string authority_of(const Url& url)
{
  const bool own_port =
    (url.scheme == "http" && url.port == 80) || (url.scheme == "https" && url.port == 443);
  return url.port && !own_port ? url.host + ':' + std::to_string(*url.port) : url.host;
}

} // namespace flame
