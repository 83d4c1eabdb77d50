#include "base/signal_name.hpp"

#include <doctest/doctest.h>

using namespace flame;

TEST_CASE("a signal has the name that people know, or its number")
{
  CHECK(signal_name(2) == "SIGINT");
  CHECK(signal_name(15) == "SIGTERM");
  CHECK(signal_name(64) == "signal 64");
}
