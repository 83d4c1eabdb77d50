#include "fleet/console_text.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace flame::fleet;

TEST_CASE("fleet::harmless lets nothing through that a terminal would act on")
{
  CHECK(harmless("plain\ttext\n") == "plain\ttext\n");
  CHECK(harmless("\x1B[0;32m  OK  \x1B[0m] started\r\n") == "  OK  ] started\n");
  CHECK(harmless("line\r\r\n") == "line\n");
  CHECK(harmless("10%\r20%\n") == "10%\n20%\n");
  CHECK(harmless("\x1B]0;a title\atext") == "text");
  CHECK(harmless("\x1B]52;c;aGk=\x1B\\text") == "text");
  CHECK(harmless("\x1BP1;2|data\x1B\\text") == "text");
  CHECK(harmless("\x1B(Btext\x1B") == "Btext^[");
  CHECK(harmless("\x1B[31") == "");
  CHECK(harmless("\x1B]0;cut off\nnext") == "\nnext");
  CHECK(harmless(std::string_view("a\0b\a\x7F", 5)) == "a^@b^G^?");
  CHECK(harmless("gr\xC3\xBC\xC3\x9F \xE2\x9C\x93 \xF0\x9F\x94\xA5")
        == "gr\xC3\xBC\xC3\x9F \xE2\x9C\x93 \xF0\x9F\x94\xA5");
  CHECK(harmless("\xC2\x9B"
                 "31m")
        == "?31m"); // CSI as one character
  CHECK(harmless("\xFF\xC3") == "??");
}

TEST_CASE("fleet::harmless of any bytes is text without control characters")
{
  std::mt19937 dice(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    const std::size_t size = dice() % 40;
    while (bytes.size() < size) {
      bytes += dice() % 3 == 0 ? "\x1B[]P;m\\\a\r\n"[dice() % 10] : static_cast<char>(dice());
    }
    for (const char c : harmless(bytes)) {
      CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t'));
      CHECK(c != 0x7F);
    }
  }
}

TEST_CASE("fleet::fresh_part gives each line once")
{
  const auto fresh = [](std::string_view before, std::string_view now) {
    return std::string(fresh_part(before, now).text);
  };
  CHECK(fresh("", "a\n") == "a\n");
  CHECK(fresh("a\n", "a\nb\n") == "b\n");
  CHECK(fresh("a\n", "a\n").empty());
  CHECK(fresh("a\nb\n", "a\n").empty()); // EC2 has answered with an older one
  CHECK(fresh("a\n", "").empty());
  CHECK(!fresh_part("a\n", "").gap);

  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += "line " + std::to_string(i) + "\n";
  }
  const std::string_view text = all;
  SUBCASE("the beginning is gone")
  {
    const Fresh moved = fresh_part(text.substr(0, 400), text.substr(100, 500));
    CHECK(moved.text == text.substr(400, 200));
    CHECK(!moved.gap);
  }
  SUBCASE("more is gone than was seen")
  {
    const Fresh moved = fresh_part(text.substr(0, 200), text.substr(300, 200));
    CHECK(moved.text == text.substr(300, 200));
    CHECK(moved.gap);
  }
}
