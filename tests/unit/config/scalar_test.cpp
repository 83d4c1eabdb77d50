#include "config/scalar.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::config;

TEST_CASE("config: a whole number, between what is allowed")
{
  CHECK(parse_number("3", 1, 64) == 3);
  CHECK(parse_number("-3", -5, 64) == -3);
  CHECK(parse_number("1", 1, 64) == 1);
  CHECK(parse_number("64", 1, 64) == 64);
  for (const char* bad : {"", " 3", "3 ", "+3", "3.0", "0x3", "3G", "three", "1e3", "3,000"}) {
    CAPTURE(bad);
    const auto number = parse_number(bad, 0, 64);
    REQUIRE(!number);
    CHECK(number.error().kind == ErrorKind::config);
    CHECK(number.error().message.ends_with(" is no whole number"));
    CHECK(number.error().hint == "write a number from 0 to 64");
  }
  for (const char* bad : {"0", "-1", "65", "99999999999999999999999"}) {
    CHECK(parse_number(bad, 1, 64).error().message == std::string(bad) + " is out of range");
    CHECK(parse_number(bad, 1, 64).error().hint == "write a number from 1 to 64");
  }
}

TEST_CASE("config: a value that must be one of a few names the nearest, and all")
{
  Settings settings;
  const auto set = set_scalar(settings, *find_key("wait_for"), "runing");
  REQUIRE(!set);
  CHECK(set.error().message == "\"runing\" is not one of its values");
  CHECK(set.error().hint.starts_with("did you mean running? the values are launched, running"));
  CHECK(set_scalar(settings, *find_key("wait_for"), "zzz").error().hint.starts_with("the values"));

  Option color = *find_key("region"); // any text, or a list of them
  color.rules.values = "red green";
  CHECK(set_scalar(settings, color, "green"));
  CHECK(settings.region == "green");
  CHECK(!set_scalar(settings, color, "blue"));
  CHECK(!cleaned(color, {}, ""));
}
