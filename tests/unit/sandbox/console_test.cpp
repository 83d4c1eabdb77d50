#include "sandbox/machine/console.hpp"

#include <doctest/doctest.h>

using flame::sandbox::machine::Console;

TEST_CASE("sandbox: a console keeps what was written, up to its last MiB")
{
  Console console;
  CHECK(console.text().empty());
  console.append("first ");
  console.append(std::string("\0second", 7));
  CHECK(console.text() == std::string("first \0second", 13));

  for (int pieces = 0; pieces < 300; pieces++) {
    console.append(std::string(10'000, 'x'));
  }
  console.append("the end");
  CHECK(console.text().size() == Console::k_kept);
  CHECK(console.text().ends_with("xthe end"));
  CHECK(console.text().starts_with("x"));
}
