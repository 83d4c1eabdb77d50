#include "cli/table.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::cli;
using namespace std::chrono_literals;

namespace {

constexpr Column k_columns[] = {{"ID", 9, 0}, {"NAME", 5, 4}, {"EMPTY", 9, 0}, {"MORE", 1, 0}};

std::string shown(std::optional<int> width)
{
  return table(k_columns,
               {{"i-0123456789", "a rather long name", "", "x"}, {"i-1", "\033[31mred", "", "yy"}},
               width);
}

} // namespace

TEST_CASE("cli::table aligns, and leaves out what is empty")
{
  CHECK(shown(std::nullopt)
        == "ID            NAME                MORE\n"
           "i-0123456789  a rather long name  x\n"
           "i-1           ?[31mred            yy\n");
  CHECK(table(k_columns, {}, 80).empty());
}

TEST_CASE("cli::table fits the terminal: long values are cut, then columns go")
{
  CHECK(shown(30)
        == "ID            NAME        MORE\n"
           "i-0123456789  a rather …  x\n"
           "i-1           ?[31mred    yy\n");
  CHECK(shown(21) // 12 and 2 and 4 for NAME's least; 2 and 4 for MORE are too many
        == "ID            NAME\n"
           "i-0123456789  a rath…\n"
           "i-1           ?[31mr…\n");
}

TEST_CASE("cli: times are told by their distance")
{
  const Seconds now = *parse_iso8601("2026-01-15T08:15:30Z");
  CHECK(relative(now, now) == "now");
  CHECK(relative(now - 42s, now) == "42s ago");
  CHECK(relative(now - 190s, now) == "3m ago");
  CHECK(relative(now + 1h + 5min + 20s, now) == "in 1h5m");
  CHECK(relative(now - 50h - 20min, now) == "2d2h ago");
  CHECK(short_time("2026-01-15 09:15", "2026-01-15 10:00") == "09:15");
  CHECK(short_time("2026-01-14 09:15", "2026-01-15 10:00") == "01-14 09:15");
}
