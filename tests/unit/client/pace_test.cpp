#include "client/pace.hpp"
#include "support/client_world.hpp"
#include "support/ec2_answers.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using client::Pace;

namespace {

const TimePoint k_start = TimePoint() + 1h;

} // namespace

TEST_CASE("client::Pace: five at once, then two a second")
{
  Pace pace;
  for (int i = 0; i < 5; ++i) {
    CHECK(pace.next(k_start) == 0ms);
  }
  CHECK(pace.next(k_start) == 500ms);
  CHECK(pace.next(k_start) == 1000ms);
  CHECK(pace.next(k_start + 1s) == 500ms);
  CHECK(pace.next(k_start + 1h) == 0ms);
}

TEST_CASE("client::Pace slows after a throttle, and recovers in calm")
{
  Pace pace;
  CHECK(pace.next(k_start) == 0ms);
  pace.throttled(k_start);
  CHECK(pace.next(k_start) == 1s);
  for (int i = 0; i < 20; ++i) {
    pace.throttled(k_start + 1s);
  }
  CHECK(pace.next(k_start + 1s) == 8s);
  SUBCASE("by doubling each minute")
  {
    CHECK(pace.next(k_start + 1s + 4min) == 0ms);
    pace = {};
    CHECK(pace.next(k_start) == 0ms);
    pace.throttled(k_start);
    const TimePoint calm = k_start + 61s;
    for (int i = 0; i < 5; ++i) {
      CHECK(pace.next(calm) == 0ms);
    }
    CHECK(pace.next(calm) == 500ms);
  }
}

TEST_CASE("client::Ec2Client keeps its own launches below EC2's limit")
{
  ClientWorld world;
  const TimePoint start = world.clock.now();
  SUBCASE("a burst is sent at once, the sixth waits")
  {
    for (int i = 0; i < 6; ++i) {
      world.http.answers.push_back(FakeHttp::response(200, run_instances_xml("i-1")));
      CHECK(world.ec2->run_instances({}, {.deadline = start + 1h}));
    }
    CHECK(world.clock.now() - start == 500ms);
  }
  SUBCASE("a throttle slows what comes next")
  {
    world.http.answers = {ec2_error(503, "RequestLimitExceeded"),
                          FakeHttp::response(200, run_instances_xml("i-1"))};
    CHECK(!world.ec2->run_instances({}, {.deadline = start + 1h}));
    CHECK(world.ec2->run_instances({}, {.deadline = start + 1h}));
    CHECK(world.clock.now() - start == 1s);
  }
  SUBCASE("no longer than the deadline")
  {
    world.http.answers = {ec2_error(503, "RequestLimitExceeded")};
    CHECK(!world.ec2->run_instances({}, {.deadline = start + 300ms}));
    CHECK(!world.ec2->run_instances({}, {.deadline = start + 300ms}));
    CHECK(world.clock.now() - start == 300ms);
  }
  SUBCASE("other calls do not wait for it")
  {
    for (int i = 0; i < 20; ++i) {
      world.http.answers.push_back(FakeHttp::response(200, describe_xml("i-1")));
      CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {.deadline = start + 1h}));
    }
    CHECK(world.clock.now() == start);
  }
}
