#include "base/text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace flame;

TEST_CASE("base::trim takes blanks off both ends")
{
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("").empty());
  CHECK(trim(" \n ").empty());
  CHECK(trim("\va") == "\va");
}

TEST_CASE("base: case is ASCII's, whatever the locale")
{
  CHECK(to_lower("AZaz09-\xc3\x84") == "azaz09-\xc3\x84");
  CHECK(to_upper("AZaz09-\xc3\xa4") == "AZAZ09-\xc3\xa4");
}

TEST_CASE("base::split and base::join are each other's way back")
{
  using Pieces = std::vector<std::string>;
  CHECK(split("", ',') == Pieces{""});
  CHECK(split("a", ',') == Pieces{"a"});
  CHECK(split(",a,,b,", ',') == Pieces{"", "a", "", "b", ""});
  CHECK(join(Pieces{}, ", ").empty());
  CHECK(join(Pieces{"a"}, ", ") == "a");
  CHECK(join(Pieces{"a", "", "b"}, ", ") == "a, , b");
  CHECK(join(split("x,,y", ','), ",") == "x,,y");
}

TEST_CASE("base::is_valid_utf8 takes what RFC 3629 takes")
{
  for (const std::string_view text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(is_valid_utf8(text));
  }
  CHECK(is_valid_utf8(std::string_view("\0", 1)));
}

TEST_CASE("base::is_valid_utf8 refuses what is cut, overlong, a surrogate or too high")
{
  for (const std::string_view text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xe2\x82",
        "\xe2\x82 ", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "a\xc3"}) {
    CAPTURE(text);
    CHECK(!is_valid_utf8(text));
  }
}

TEST_CASE("base::nearest finds what was meant, or nothing")
{
  constexpr std::array<std::string_view, 4> names = {"subnet_id", "security_group_id", "image_id",
                                                     "app"};
  CHECK(nearest("subnet_id", names) == "subnet_id");
  CHECK(nearest("subnet", names) == "");
  CHECK(nearest("subent_id", names) == "subnet_id"); // a swap
  CHECK(nearest("subnetid", names) == "subnet_id");
  CHECK(nearest("imageid", names) == "image_id");
  CHECK(nearest("ap", names) == "app");
  CHECK(nearest("aqq", names) == "");                                   // two of three letters
  CHECK(nearest("b", std::array<std::string_view, 2>{"a", "c"}) == ""); // nothing of it is right
  CHECK(nearest("zzz", names) == "");
  CHECK(nearest("", names) == "");
  CHECK(nearest("app", {}) == "");
}
