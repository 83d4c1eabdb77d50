#include "sandbox/capacity.hpp"

#include "base/text.hpp"
#include "sandbox/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::sandbox {

bool Pool::holds(std::string_view of_type, std::string_view of_zone,
                 std::string_view of_market) const
{
  return matches_wildcard(type, of_type) && matches_wildcard(zone, of_zone)
         && matches_wildcard(market, of_market);
}

std::string name(const Pool& pool)
{
  return fmt::format("{}/{}/{}", pool.type, pool.zone, pool.market);
}

std::optional<Pool> pool_named(const std::string& name)
{
  const std::vector<std::string> parts = split(name, '/');
  const bool named =
    parts.size() == 3
    && std::ranges::none_of(parts, [](const std::string& part) { return part.empty(); })
    && (parts[2] == "*" || parts[2] == "spot" || parts[2] == "on-demand");
  return named ? std::optional(Pool{.type = parts[0], .zone = parts[1], .market = parts[2]})
               : std::nullopt;
}

Result<Pool> parse_pool(const std::string& text)
{
  const std::size_t equals = std::min(text.find('='), text.size());
  std::optional<Pool> pool = pool_named(text.substr(0, equals));
  const std::string number = text.substr(std::min(equals + 1, text.size()));
  int room = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), room);
  const bool whole = error == std::errc() && end == number.data() + number.size() && room >= 0;
  if (!whole || !pool) {
    return fail(ErrorKind::config,
                fmt::format("--capacity \"{}\" is not TYPE/ZONE/MARKET=COUNT", text),
                "as in t3.nano/us-east-1a/spot=0; * stands for any");
  }
  pool->room = room;
  return *std::move(pool);
}

} // namespace flame::sandbox
