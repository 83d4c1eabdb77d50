#include "config/json_object.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::config;

namespace {

using Entry = std::pair<std::string, std::string>;

} // namespace

TEST_CASE("config: a JSON object of strings")
{
  const auto entries = parse_json_object(R"( {"A": "1", "B": "\u00fc", "": ""} )");
  REQUIRE(entries);
  CHECK(*entries == std::vector<Entry>{{"A", "1"}, {"B", "ü"}, {"", ""}});
  CHECK(parse_json_object("{}")->empty());
}

TEST_CASE("config: values of a JSON object that are no strings are named, all of them")
{
  const auto entries = parse_json_object(
    R"({"A": 1, "B": {"B": "x", "A": "y"}, "ok": "", "C": [["x"]], "D": null, "A": true})");
  REQUIRE(!entries);
  std::vector<Mistake> all = entries.error().also;
  all.insert(all.begin(), {entries.error().message, entries.error().hint});
  std::vector<std::string> messages;
  for (const Mistake& mistake : all) {
    messages.push_back(mistake.message);
    CHECK(!mistake.hint.empty());
  }
  CHECK(messages
        == std::vector<std::string>{
          "the value of \"A\" is not a string", "the value of \"B\" is not a string",
          "the value of \"C\" is not a string", "the value of \"D\" is not a string",
          "\"A\" is there twice", "the value of \"A\" is not a string"});
}

TEST_CASE("config: a JSON object may take numbers, true and false, as they are written")
{
  const auto entries = parse_json_object(R"({"P.N": 3, "R": -1.50e3, "B": true, "C": "x"})", true);
  REQUIRE(entries);
  CHECK(*entries == std::vector<Entry>{{"P.N", "3"}, {"R", "-1.50e3"}, {"B", "true"}, {"C", "x"}});
  CHECK(!parse_json_object(R"({"A": null})", true));
  CHECK(!parse_json_object(R"({"A": {"B": 1}})", true));
}

TEST_CASE("config: what is no JSON, or no object")
{
  for (const char* bad : {"", "[]", "\"A\"", "1", "null", "{\"A\"", "{} x", "A=1", "{A: 1}",
                          "{\"A\": \"\xFF\"}", "{\"A\": \"1\",}", "{'A': 'x'}"}) {
    CAPTURE(bad);
    const auto entries = parse_json_object(bad);
    REQUIRE(!entries);
    CHECK(entries.error().kind == ErrorKind::config);
    CHECK(entries.error().hint == R"(write a JSON object of strings: {"KEY": "value"})");
  }
  CHECK(parse_json_object("[1]").error().message == "this is JSON, but no object");
  CHECK(parse_json_object("{\"A\" \"x\"}").error().message.starts_with("this is no JSON, at byte"));
  CHECK(!parse_json_object(std::string(100'000, '[')));
  CHECK(!parse_json_object("{\"A\": " + std::string(100'000, '[')));
}
