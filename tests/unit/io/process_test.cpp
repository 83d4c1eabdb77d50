#include "io/env.hpp"
#include "io/random.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>

using namespace flame;

TEST_CASE("io::environment is a copy, byte for byte")
{
  ::setenv("FLAME_TEST_VALUE", " a=b\n\xff", 1);
  ::setenv("FLAME_TEST_EMPTY", "", 1);
  const io::Environment env = io::environment();
  ::unsetenv("FLAME_TEST_VALUE");
  ::unsetenv("FLAME_TEST_EMPTY");
  CHECK(env.at("FLAME_TEST_VALUE") == " a=b\n\xff");
  CHECK(env.at("FLAME_TEST_EMPTY").empty());
  CHECK(!io::environment().contains("FLAME_TEST_VALUE"));
}

TEST_CASE("io::home_folder asks the user database when HOME says nothing")
{
  CHECK(io::home_folder({{"HOME", "/home/me"}}) == "/home/me");
  CHECK(io::home_folder({}).starts_with('/'));
  CHECK(io::home_folder({{"HOME", ""}}) == io::home_folder({}));
}

TEST_CASE("io::SystemRandom draws what was not drawn before")
{
  io::SystemRandom random;
  CHECK(random.bytes(0).empty());
  CHECK(random.bytes(1000).size() == 1000);
  std::set<std::string> drawn;
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    CHECK(drawn.insert(random.bytes(16)).second);
    const double fraction = random.fraction();
    CHECK(fraction >= 0);
    CHECK(fraction < 1);
    sum += fraction;
  }
  CHECK(sum > 400);
  CHECK(sum < 600);
}
