#include "client/credentials/command_line.hpp"
#include "client/credentials/program.hpp"

#include <doctest/doctest.h>

using namespace flame::client;
using Words = std::vector<std::string>;

// Each row was given to Python's shlex.split() too.
TEST_CASE("client::split_command sees words as a POSIX shell does")
{
  const std::pair<const char*, Words> rows[] = {
    {"", {}},
    {" \t\n", {}},
    {"a b\tc\nd", {"a", "b", "c", "d"}},
    {"  a  ", {"a"}},
    {"'a b' \"c d\"", {"a b", "c d"}},
    {"a'b'\"c\"d", {"abcd"}},
    {"'' \"\"", {"", ""}},
    {"a\\ b \\'", {"a b", "'"}},
    {"'a\\b'", {"a\\b"}},
    {R"("a\"b\\c\d\$")", {R"(a"b\c\d\$)"}},
    {"$HOME ~ * # ; | > &&", {"$HOME", "~", "*", "#", ";", "|", ">", "&&"}},
    {"'it'\\''s'", {"it's"}},
    {"\"it's\" '\"'", {"it's", "\""}},
    {"a\\\nb", {"a\nb"}},
  };
  for (const auto& [line, words] : rows) {
    CAPTURE(line);
    CHECK(split_command(line) == words);
  }
}

TEST_CASE("client::split_command: what does not end")
{
  for (const char* line : {"'a", "\"a", "a\\", "\"a\\\"", "a 'b' \"c", "\""}) {
    CAPTURE(line);
    CHECK(!split_command(line));
  }
}

TEST_CASE("client::without_keys shows the last line, and no key")
{
  const std::pair<const char*, const char*> rows[] = {
    {"", ""},
    {"\n \n", ""},
    {"first\nsecond\n\n", "second"},
    {"Session expired, run: vault login -method=oidc",
     "Session expired, run: vault login -method=oidc"},
    {"key AKIAIOSFODNN7EXAMPLE is off", "key *** is off"},
    {"secret=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.", "***."},
    {"{\"SessionToken\":\"IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3Q=\"}",
     "{\"SessionToken\":\"***\"}"},
    {"/usr/lib/python3/dist-packages is short of a module",
     "/usr/lib/python3/dist-packages is short of a module"},
    {"bell\a and \x1b[31m", "bell? and ?[31m"},
  };
  for (const auto& [text, shown] : rows) {
    CAPTURE(text);
    CHECK(without_keys(text) == shown);
  }
  CHECK(without_keys(std::string(1000, 'x')).size() == 203);
}
