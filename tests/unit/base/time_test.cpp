#include "base/time.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace flame;
using namespace std::chrono_literals;

namespace {

const Seconds k_time(1'768'464'930s); // 2026-01-15T08:15:30Z

} // namespace

TEST_CASE("base: times as text")
{
  CHECK(iso8601(k_time) == "2026-01-15T08:15:30Z");
  CHECK(iso8601_basic(k_time) == "20260115T081530Z");
  CHECK(iso_date_basic(k_time) == "20260115");
  CHECK(iso8601(Seconds(0s)) == "1970-01-01T00:00:00Z");
  CHECK(iso8601(Seconds(1'709'164'800s)) == "2024-02-29T00:00:00Z");
  CHECK(iso8601(Seconds(-1s)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("base::parse_iso8601 reads fractions and offsets")
{
  CHECK(parse_iso8601("2026-01-15T08:15:30Z") == k_time);
  CHECK(parse_iso8601("2026-01-15T08:15:30z") == k_time);
  CHECK(parse_iso8601("2026-01-15T08:15:30.999Z") == k_time);
  CHECK(parse_iso8601("2026-01-15T08:15:30+00:00") == k_time);
  CHECK(parse_iso8601("2026-01-15T09:45:30.5+01:30") == k_time);
  CHECK(parse_iso8601("2026-01-15T07:15:30-0100") == k_time);
  CHECK(parse_iso8601("2024-02-29T23:59:60Z") == Seconds(1'709'251'200s)); // a leap second
}

TEST_CASE("base: a time that would be written with a longer year is none")
{
  CHECK(parse_iso8601("9999-12-31T23:59:59Z"));
  CHECK(!parse_iso8601("9999-12-31T23:59:60Z"));
  CHECK(!parse_iso8601("9999-12-31T23:59:59-00:01"));
  CHECK(parse_iso8601("0000-01-01T00:00:00Z"));
  CHECK(!parse_iso8601("0000-01-01T00:00:00+00:01"));
  CHECK(!parse_http_date("Fri, 31 Dec 9999 23:59:60 GMT"));
}

TEST_CASE("base::parse_iso8601 refuses what is no time")
{
  for (const std::string_view text : {"",
                                      "2026-01-15",
                                      "2026-01-15T08:15:30",
                                      "2026-01-15 08:15:30Z",
                                      "2026-13-15T08:15:30Z",
                                      "2026-00-15T08:15:30Z",
                                      "2026-02-29T08:15:30Z",
                                      "2026-01-15T24:15:30Z",
                                      "2026-01-15T08:60:30Z",
                                      "2026-01-15T08:15:61Z",
                                      "2026-01-15T08:15:30.Z",
                                      "2026-01-15T08:15:30UTC",
                                      "2026-01-15T08:15:30+1",
                                      "2026-01-15T08:15:30+24:00",
                                      "2026-01-15T08:15:30+01:60",
                                      "2026-01-15T08:15:30ZZ",
                                      "+026-01-15T08:15:30Z",
                                      "2026-1 -15T08:15:30Z",
                                      "2026-01-15T-8:15:30Z",
                                      "2026-01-15T08:15:30+01:0x"}) {
    CAPTURE(text);
    CHECK(!parse_iso8601(text));
  }
}

TEST_CASE("base::parse_http_date reads the one form that servers may send")
{
  CHECK(parse_http_date("Thu, 15 Jan 2026 08:15:30 GMT") == k_time);
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == Seconds(784'111'777s)); // RFC 9110
  for (const std::string_view text :
       {"", "Thu, 15 Jan 2026 08:15:30 UTC", "Thu, 15 Foo 2026 08:15:30 GMT",
        "Thu, 32 Jan 2026 08:15:30 GMT", "Thu, 15 Jan 2026 08:15:30",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Thux 15xJanx2026x08:15:30 GMT", "Thu, 15 Jan 2026 25:15:30 GMT"}) {
    CAPTURE(text);
    CHECK(!parse_http_date(text));
  }
}

TEST_CASE("base::parse_duration")
{
  CHECK(parse_duration("90s").value() == 90s);
  CHECK(parse_duration("5m").value() == 5min);
  CHECK(parse_duration("1h30m").value() == 90min);
  CHECK(parse_duration("250ms").value() == 250ms);
  CHECK(parse_duration("2d").value() == 48h);
  CHECK(parse_duration("0s").value() == 0s);
  CHECK(parse_duration("1d2h3m4s5ms").value() == 26h + 3min + 4s + 5ms);
  CHECK(parse_duration("3660d").value() == 24h * 3660);
}

TEST_CASE("base::parse_duration gives the unit that is missing")
{
  for (const std::string_view text : {"30", "1h30", "0"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE(!duration);
    CHECK(duration.error().kind == ErrorKind::config);
    CHECK(duration.error().message == "\"" + std::string(text) + "\" has no unit");
  }
  CHECK(parse_duration("120").error().hint == "write 120s for seconds or 120ms for milliseconds");
}

TEST_CASE("base::parse_duration refuses what is no time")
{
  for (const std::string_view text :
       {"", " ", "s", "-5s", "+5s", "5 s", "5S", "5x", "1.5h", "5s ", " 5s", "99999999999999s",
        "99999999999999", "3661d", "2147483647d", "2000000000m2000000000m", "1hh", "\xd9\xa5s"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE(!duration);
    CHECK(duration.error().message == "\"" + std::string(text) + "\" is not a time");
    CHECK(!duration.error().hint.empty());
  }
}

TEST_CASE("base::format_duration")
{
  CHECK(format_duration(90min) == "1h30m");
  CHECK(format_duration(90s) == "1m30s");
  CHECK(format_duration(1500ms) == "1s500ms");
  CHECK(format_duration(48h) == "2d");
  CHECK(format_duration(0s) == "0s");
}

TEST_CASE("base: times and durations survive the way through text")
{
  std::mt19937_64 engine(1);
  for (int i = 0; i < 2000; ++i) {
    const Seconds time(std::chrono::seconds(engine() % 250'000'000'000));
    CHECK(parse_iso8601(iso8601(time)) == time);
    const Millis duration(static_cast<Millis::rep>(engine() % 316'224'000'000));
    CHECK(parse_duration(format_duration(duration)).value() == duration);
  }
}
