#include "sandbox/capacity.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::sandbox;

TEST_CASE("sandbox capacity: a pool names type, zone and market, each or any")
{
  const auto pool = parse_pool("t3.nano/us-east-1a/spot=2");
  REQUIRE(pool);
  CHECK(pool->room == 2);
  CHECK(pool->holds("t3.nano", "us-east-1a", "spot"));
  CHECK(!pool->holds("t3.nano", "us-east-1a", "on-demand"));
  CHECK(!pool->holds("t3.nano", "us-east-1b", "spot"));
  CHECK(parse_pool("*/*/*=0")->holds("m7i.large", "us-east-1c", "on-demand"));
}

TEST_CASE("sandbox capacity: what is no pool is refused")
{
  for (const char* text : {"", "t3.nano=1", "t3.nano/us-east-1a/spot", "t3.nano/us-east-1a/spot=",
                           "t3.nano/us-east-1a/spot=-1", "t3.nano/us-east-1a/spot=1x",
                           "t3.nano//spot=1", "t3.nano/us-east-1a/cheap=1", "a/b/spot/d=1"}) {
    CAPTURE(text);
    CHECK(!parse_pool(text));
  }
}
