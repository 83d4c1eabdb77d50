#include "sandbox/capacity.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::sandbox {

bool Pool::holds(std::string_view of_type, std::string_view of_zone,
                 std::string_view of_market) const
{
  const auto fits = [](const std::string& pattern, std::string_view value) {
    return pattern == "*" || pattern == value;
  };
  return fits(type, of_type) && fits(zone, of_zone) && fits(market, of_market);
}

Result<Pool> parse_pool(const std::string& text)
{
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::vector<std::string> parts = split(text.substr(0, equals), '/');
  const std::string number = text.substr(std::min(equals + 1, text.size()));
  int room = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), room);
  const bool whole = error == std::errc() && end == number.data() + number.size() && room >= 0;
  const bool named =
    parts.size() == 3
    && std::ranges::none_of(parts, [](const std::string& part) { return part.empty(); })
    && (parts[2] == "*" || parts[2] == "spot" || parts[2] == "on-demand");
  if (!whole || !named) {
    return fail(ErrorKind::config,
                fmt::format("--capacity \"{}\" is not TYPE/ZONE/MARKET=COUNT", text),
                "as in t3.nano/us-east-1a/spot=0; * stands for any");
  }
  return Pool{.type = parts[0], .zone = parts[1], .market = parts[2], .room = room};
}

} // namespace flame::sandbox
