#include "config/clean.hpp"
#include "config/env_file.hpp"
#include "config/json_object.hpp"

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

TEST_CASE("config: a JSON object of strings, and what is none")
{
  const auto entries = parse_json_object(R"( {"A": "1", "B": "\u00fc"} )");
  REQUIRE(entries);
  CHECK((*entries)[1] == std::pair<std::string, std::string>("B", "ü"));
  CHECK(parse_json_object("{}")->empty());
  CHECK(parse_json_object(R"({"A": 1})").error().message == "the value of \"A\" is not a string");
  CHECK(!parse_json_object(R"({"A": true})"));
  CHECK(parse_json_object(R"({"A": {"B": "x"}})").error().message
        == "the value of \"A\" is not a string");
  for (const char* bad : {"", "[]", "\"A\"", "{\"A\"", "{} x", "A=1", "{\"A\": \"\xFF\"}"}) {
    CAPTURE(bad);
    CHECK(!parse_json_object(bad));
  }
  CHECK(!parse_json_object(std::string(100'000, '[')));
}

TEST_CASE("config: a JSON object of strings, numbers and booleans keeps them as they are written")
{
  const auto entries = parse_json_object(R"({"A": 3, "B": -1.50, "C": true, "D": "x"})", true);
  REQUIRE(entries);
  CHECK(*entries
        == std::vector<std::pair<std::string, std::string>>{
          {"A", "3"}, {"B", "-1.50"}, {"C", "true"}, {"D", "x"}});
  CHECK(parse_json_object(R"({"A": null})", true).error().message
        == "the value of \"A\" is not a string, a number or a boolean");
  for (const char* bad : {"1", "true", "\"A\"", R"({"A": [1]})", R"({"A": {}})"}) {
    CAPTURE(bad);
    CHECK(!parse_json_object(bad, true));
  }
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
