#include "base/encoding.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace flame;

namespace {

std::string random_bytes(std::mt19937& engine)
{
  std::string bytes(engine() % 70, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(engine());
  }
  return bytes;
}

} // namespace

TEST_CASE("base::to_hex is lower case")
{
  CHECK(to_hex("").empty());
  CHECK(to_hex(std::string_view("\0\x0f\xff\x80", 4)) == "000fff80");
}

// RFC 4648, section 10.
TEST_CASE("base: the published values of base64")
{
  constexpr std::pair<std::string_view, std::string_view> rows[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : rows) {
    CAPTURE(text);
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
  }
  CHECK(to_base64("\xfb\xff\xfe") == "+//+");
}

TEST_CASE("base::from_base64 is strict")
{
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v=",
                                      "Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "=Zg=", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK(!from_base64(text));
  }
}

TEST_CASE("base::from_base64 ignores bits that make no byte, as Elixir does")
{
  CHECK(from_base64("Zh==") == "f");
}

TEST_CASE("base::uri_encode leaves only the unreserved")
{
  CHECK(uri_encode("AZaz09-_.~") == "AZaz09-_.~");
  CHECK(uri_encode(" /+=&%*'()\xc3\xa4") == "%20%2F%2B%3D%26%25%2A%27%28%29%C3%A4");
  CHECK(uri_encode("/a b", "/") == "/a%20b");
  CHECK(uri_encode(std::string_view("\0", 1)) == "%00");
}

TEST_CASE("base::uri_decode leaves a broken escape as it is")
{
  CHECK(uri_decode("a%20b%2F%c3%A4") == "a b/\xc3\xa4");
  CHECK(uri_decode("%") == "%");
  CHECK(uri_decode("%4") == "%4");
  CHECK(uri_decode("%4g%zz%%41") == "%4g%zz%A");
  CHECK(uri_decode("a+b") == "a+b");
}

TEST_CASE("base: encodings give back any bytes")
{
  std::mt19937 engine(1);
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = random_bytes(engine);
    CAPTURE(to_hex(bytes));
    CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(uri_decode(uri_encode(bytes)) == bytes);
  }
}
