#include "fleet/finding.hpp"

#include <doctest/doctest.h>

using namespace flame;

TEST_CASE("fleet: what a signal has interrupted names it")
{
  CHECK(fleet::interrupted_by(15).message == "interrupted by SIGTERM");
  CHECK(exit_status(fleet::interrupted_by(2)) == 130);
}
