#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace flame {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::seconds;
using std::chrono::year_month_day;

struct Unit {
  std::string_view name;
  Millis length;
};

// Longest first, as format_duration takes them.
constexpr Unit k_units[] = {
  {"d", Millis(86'400'000)}, {"h", Millis(3'600'000)}, {"m", Millis(60'000)},
  {"s", Millis(1'000)},      {"ms", Millis(1)},
};
constexpr Millis k_longest_duration = Millis(86'400'000LL * 3660);

constexpr std::array<std::string_view, 12> k_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Writes its numbers itself: formatting by a library was a third of what a small signature costs.
class Stamp {
public:
  explicit Stamp(Seconds time) : date_(floor<days>(time)), clock_(time - floor<days>(time)) {}
  void append_date(std::string& text, std::string_view separator) const
  {
    append(text, static_cast<unsigned>(static_cast<int>(date_.year())), 1000);
    text += separator;
    append(text, static_cast<unsigned>(date_.month()), 10);
    text += separator;
    append(text, static_cast<unsigned>(date_.day()), 10);
  }
  void append_clock(std::string& text, std::string_view separator) const
  {
    append(text, static_cast<unsigned>(clock_.hours().count()), 10);
    text += separator;
    append(text, static_cast<unsigned>(clock_.minutes().count()), 10);
    text += separator;
    append(text, static_cast<unsigned>(clock_.seconds().count()), 10);
  }

private:
  static void append(std::string& text, unsigned value, unsigned first_place)
  {
    for (unsigned place = first_place; place > 0; place /= 10) {
      text += static_cast<char>('0' + value / place % 10);
    }
  }
  year_month_day date_;
  hh_mm_ss<seconds> clock_;
};

// `text` is exactly digits and fits.
std::optional<int> number(std::string_view text)
{
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (!digits || failed != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

struct Fields {
  std::optional<int> year, month, day, hour, minute, second;
};

std::optional<Seconds> checked(const Fields& f)
{
  if (!f.year || !f.month || !f.day || !f.hour || !f.minute || !f.second) {
    return std::nullopt;
  }
  const year_month_day date(std::chrono::year(*f.year),
                            std::chrono::month(static_cast<unsigned>(*f.month)),
                            std::chrono::day(static_cast<unsigned>(*f.day)));
  if (!date.ok() || *f.hour > 23 || *f.minute > 59 || *f.second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(*f.hour) + std::chrono::minutes(*f.minute)
         + seconds(*f.second);
}

// A leap second and an offset may lead out of the years that ISO 8601 can write.
std::optional<Seconds> in_four_digits(Seconds time)
{
  constexpr Seconds first = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
  constexpr Seconds end = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);
  return time >= first && time < end ? std::optional(time) : std::nullopt;
}

// "Z", "+01:00", "-0130" after an optional ".123".
std::optional<seconds> zone_offset(std::string_view text)
{
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(end);
  }
  if (text == "Z" || text == "z") {
    return seconds(0);
  }
  std::string digits(text);
  if (digits.size() == 6 && digits[3] == ':') {
    digits.erase(3, 1);
  }
  if (digits.size() != 5 || (digits[0] != '+' && digits[0] != '-')) {
    return std::nullopt;
  }
  const auto hours = number(std::string_view(digits).substr(1, 2));
  const auto minutes = number(std::string_view(digits).substr(3, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) {
    return std::nullopt;
  }
  const seconds offset(*hours * 3600 + *minutes * 60);
  return digits[0] == '+' ? offset : -offset;
}

const Unit* unit_named(std::string_view name)
{
  for (const Unit& unit : k_units) {
    if (unit.name == name) {
      return &unit;
    }
  }
  return nullptr;
}

tl::unexpected<Error> not_a_duration(std::string_view text)
{
  return fail(ErrorKind::config, fmt::format("\"{}\" is not a time", text),
              "write a number with a unit: 90s, 5m, 1h30m");
}

} // namespace

std::string iso8601(Seconds time)
{
  const Stamp stamp(time);
  std::string text;
  stamp.append_date(text, "-");
  text += 'T';
  stamp.append_clock(text, ":");
  return text += 'Z';
}

std::string iso8601_basic(Seconds time)
{
  const Stamp stamp(time);
  std::string text;
  text.reserve(16);
  stamp.append_date(text, "");
  text += 'T';
  stamp.append_clock(text, "");
  return text += 'Z';
}

std::string iso_date_basic(Seconds time)
{
  std::string text;
  Stamp(time).append_date(text, "");
  return text;
}

std::optional<Seconds> parse_iso8601(std::string_view text)
{
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':'
      || text[16] != ':') {
    return std::nullopt;
  }
  const auto local =
    checked({number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8, 2)),
             number(text.substr(11, 2)), number(text.substr(14, 2)), number(text.substr(17, 2))});
  const auto offset = zone_offset(text.substr(19));
  if (!local || !offset) {
    return std::nullopt;
  }
  return in_four_digits(*local - *offset);
}

std::optional<Seconds> parse_http_date(std::string_view text)
{
  constexpr std::string_view shape = "???, ?? ??? ???? ??:??:?? GMT";
  const bool fits =
    std::ranges::equal(text, shape, [](char c, char s) { return s == '?' || s == c; });
  if (!fits) {
    return std::nullopt;
  }
  std::optional<int> month;
  for (std::size_t i = 0; i < k_months.size(); ++i) {
    if (k_months[i] == text.substr(8, 3)) {
      month = static_cast<int>(i) + 1;
    }
  }
  const auto time =
    checked({number(text.substr(12, 4)), month, number(text.substr(5, 2)),
             number(text.substr(17, 2)), number(text.substr(20, 2)), number(text.substr(23, 2))});
  return time ? in_four_digits(*time) : std::nullopt;
}

Result<Millis> parse_duration(std::string_view text)
{
  Millis total(0);
  std::string_view rest = text;
  if (rest.empty()) {
    return not_a_duration(text);
  }
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto count = number(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const std::size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
    if (count && letters == 0) {
      return fail(ErrorKind::config, fmt::format("\"{}\" has no unit", text),
                  fmt::format("write {0}s for seconds or {0}ms for milliseconds", *count));
    }
    const Unit* unit = unit_named(rest.substr(0, letters));
    if (!count || unit == nullptr || total + *count * unit->length > k_longest_duration) {
      return not_a_duration(text);
    }
    total += *count * unit->length;
    rest.remove_prefix(letters);
  }
  return total;
}

std::string format_duration(Millis duration)
{
  std::string text;
  for (const Unit& unit : k_units) {
    if (duration >= unit.length) {
      text += fmt::format("{}{}", duration / unit.length, unit.name);
      duration %= unit.length;
    }
  }
  return text.empty() ? "0s" : text;
}

} // namespace flame
