#include "sandbox/message.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flame::sandbox {
namespace {

bool is_hex(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::optional<std::string> decode_form_piece(std::string_view text)
{
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
      return std::nullopt;
    }
  }
  std::string blanks(text);
  std::ranges::replace(blanks, '+', ' ');
  return uri_decode(blanks);
}

} // namespace

std::string_view Request::path() const
{
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const
{
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string_view Request::header(std::string_view name) const
{
  const auto found =
    std::ranges::find_if(headers, [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool Request::has_header(std::string_view name) const
{
  return std::ranges::any_of(headers, [&](const auto& header) { return header.first == name; });
}

std::optional<Params> parse_form(std::string_view text)
{
  Params params;
  for (const std::string& pair : split(text, '&')) {
    if (pair.empty()) {
      continue;
    }
    const std::size_t equals = pair.find('=');
    const auto name = decode_form_piece(std::string_view(pair).substr(0, equals));
    const auto value = equals == std::string::npos
                         ? std::optional<std::string>("")
                         : decode_form_piece(std::string_view(pair).substr(equals + 1));
    if (!name || !value || !params.emplace(*name, *value).second) {
      return std::nullopt;
    }
  }
  return params;
}

std::string http_date(Seconds time)
{
  constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format(
    "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days.at(std::chrono::weekday(day).c_encoding()),
    static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
    static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
    clock.seconds().count());
}

Reply text_reply(int status, std::string body)
{
  return {.status = status, .content_type = "text/plain", .body = std::move(body)};
}

} // namespace flame::sandbox
