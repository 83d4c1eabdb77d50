#include "config/clean.hpp"
#include "config/env_file.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::config;

TEST_CASE("config: an instance profile comes by name or ARN, and as aws has it")
{
  constexpr std::string_view k_arn = "arn:aws-cn:iam::123456789012:instance-profile/x/y";
  CHECK(clean_profile("", "Name=web") == "web");
  CHECK(clean_profile("", std::string("Arn=") + std::string(k_arn)) == k_arn);
  CHECK(clean_profile("", "web") == "web");
  CHECK(!clean_profile("", "a b"));
  CHECK(!clean_profile("", "Name="));
}

TEST_CASE("config: names of variables are those that every shell can hold")
{
  CHECK(clean_variable_name("", "_A1"));
  for (const char* bad : {"", "1A", "A-B", "A B", "ä"}) {
    CAPTURE(bad);
    CHECK(!clean_variable_name("", bad));
    CHECK(!clean_env(bad, "x"));
  }
  CHECK(clean_env("A", "any\nthing") == "any\nthing");
}

TEST_CASE("config: a file of variables names its bad lines, all of them")
{
  const auto lines = parse_env_file("A=1\n=x\nB C=2\nD\n");
  REQUIRE(!lines);
  CHECK(lines.error().message == "line 2 does not begin with the name of a variable");
  REQUIRE(lines.error().also.size() == 1);
  CHECK(lines.error().also[0].message == "line 3 does not begin with the name of a variable");
  CHECK(parse_env_file("")->empty());
}
