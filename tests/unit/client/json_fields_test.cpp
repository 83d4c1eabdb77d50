#include "client/credentials/key_answer.hpp"
#include "client/json_fields.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::client;

namespace {

std::string mistake(const JsonFields& fields, const KeyNames& names = {})
{
  const auto keys = keys_of(fields, names, "it");
  REQUIRE(!keys);
  CHECK(keys.error().kind == ErrorKind::credentials);
  return keys.error().message;
}

const JsonFields k_whole = {{"AccessKeyId", "A"},
                            {"SecretAccessKey", "s"},
                            {"Token", "t"},
                            {"Expiration", "2026-01-15T08:15:30Z"}};

} // namespace

TEST_CASE("client::json_fields reads strings and numbers, also within objects")
{
  CHECK(json_fields(R"({"a":"b","n":1,"m":-12,"big":1768464930000,"o":{"p":"q","r":{"s":2}},
                        "l":[1],"t":true,"z":null})")
        == JsonFields{{"a", "b"},
                      {"n", "1"},
                      {"m", "-12"},
                      {"big", "1768464930000"},
                      {"o.p", "q"},
                      {"o.r.s", "2"}});
  CHECK(json_fields(R"({"a":"x","a":"y"})") == JsonFields{{"a", "y"}});
  CHECK(json_fields("{}") == JsonFields{});
}

TEST_CASE("client::json_fields: what is no object, or a deep one")
{
  for (const char* text : {"", "[]", "1", "\"a\"", "{", "{\"a\":1", "{\"a\":1}}",
                           "{\"a\":\"\xff\"}", R"({"a":{"b":{"c":{"d":1}}}})"}) {
    CAPTURE(text);
    CHECK(!json_fields(text));
  }
  CHECK(!json_fields(std::string(1'000'000, '[')));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "{\"a\":";
  }
  CHECK(!json_fields(deep));
}

TEST_CASE("client::json_object can be read again")
{
  const JsonFields fields = {{"a\"b", "c\\\n\x01"}, {"d", ""}};
  CHECK(json_fields(json_object(fields)) == fields);
  CHECK(json_object({}) == "{}");
}

TEST_CASE("client::keys_of takes what a service gives")
{
  const auto keys = keys_of(k_whole, {}, "it");
  REQUIRE(keys);
  CHECK(keys->access_key_id == "A");
  CHECK(keys->secret_access_key == "s");
  CHECK(keys->session_token == "t");
  CHECK(iso8601(keys->expiration.value()) == "2026-01-15T08:15:30Z");
  JsonFields millis = k_whole;
  millis["Expiration"] = "1768464930999";
  CHECK(iso8601(keys_of(millis, {}, "it")->expiration.value()) == "2026-01-15T08:15:30Z");
  CHECK(keys_of({{"AccessKeyId", "A"}, {"SecretAccessKey", "s"}}, {.temporary = false}, "it"));
}

TEST_CASE("client::keys_of names what is missing or unfit, and never a value")
{
  for (const auto& [name, ignored] : k_whole) {
    JsonFields fields = k_whole;
    fields.erase(name);
    CHECK(mistake(fields) == "it gives no " + name);
  }
  JsonFields fields = k_whole;
  fields["Token"] = "hunter2\r\nx-evil: 1";
  CHECK(mistake(fields) == "it gives a Token with a blank or a line end");
  fields = k_whole;
  for (const char* time : {"soon", "0", "-1", "99999999999999999999", "253402300800000"}) {
    fields["Expiration"] = time;
    CHECK(mistake(fields) == "it gives a Expiration that is no time");
  }
}
