#include "client/pace.hpp"
#include "support/client_world.hpp"
#include "support/ec2_answers.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using client::ActionPace;

namespace {

const TimePoint k_start = TimePoint() + 1h;
constexpr const char* k_of_requests = "throttled because it exceeded its request rate limit.";
constexpr const char* k_of_resources = "throttled because it exceeded its resource rate limit.";

// Waits, and sends: how long that was.
Millis next(ActionPace& pace, TimePoint now, std::size_t instances = 1)
{
  const Millis wait = pace.wait(now, instances);
  pace.take(now, instances);
  return wait;
}

ActionPace launches()
{
  return ActionPace(aws::limits_of("RunInstances"));
}

struct Launches {
  ClientWorld world = {};
  TimePoint start = world.clock.now();

  aws::Outcome<std::vector<aws::Instance>> launch(const std::string& count,
                                                  Millis patience = 1h) const
  {
    return world.ec2->run_instances({{"MinCount", "1"}, {"MaxCount", count}},
                                    {.deadline = world.clock.now() + patience});
  }
  Millis passed() const { return std::chrono::duration_cast<Millis>(world.clock.now() - start); }
};

} // namespace

TEST_CASE("client::Pace: five launches at once, then two a second")
{
  ActionPace pace = launches();
  for (int i = 0; i < 5; ++i) {
    CHECK(next(pace, k_start) == 0ms);
  }
  CHECK(next(pace, k_start) == 700ms); // EC2 counts from when the first one has come to it
  CHECK(next(pace, k_start) == 1200ms);
  CHECK(next(pace, k_start + 1s) == 700ms);
  CHECK(next(pace, k_start + 1h) == 0ms);
}

TEST_CASE("client::Pace is late once, whatever the pace")
{
  ActionPace pace = launches();
  TimePoint now = k_start;
  for (int i = 0; i < 25; ++i) {
    now += pace.wait(now, 1);
    pace.take(now, 1);
  }
  CHECK(now - k_start == 10'200ms);
}

TEST_CASE("client::Pace: a thousand machines at once, then two a second")
{
  ActionPace pace = launches();
  CHECK(next(pace, k_start, 600) == 0ms);
  CHECK(next(pace, k_start, 400) == 0ms);
  CHECK(next(pace, k_start, 10) == 5200ms);
  CHECK(pace.wait(k_start + 5s, 2) == 1200ms);
  SUBCASE("what EC2 had no room for is still there")
  {
    pace.give_back(1000);
    CHECK(next(pace, k_start + 5s, 990) == 0ms);
  }
  SUBCASE("more than there ever are waits for all there are")
  {
    CHECK(launches().wait(k_start, 2000) == 0ms);
  }
}

TEST_CASE("client::Pace slows after a throttle, and recovers in calm")
{
  ActionPace pace = launches();
  CHECK(next(pace, k_start) == 0ms);
  pace.throttled(k_start, 1, k_of_requests);
  CHECK(pace.wait(k_start, 1) == 1s);
  SUBCASE("to one in eight seconds at last")
  {
    for (int i = 0; i < 20; ++i) {
      pace.throttled(k_start + 1s, 1, k_of_requests);
    }
    CHECK(pace.wait(k_start + 1s, 1) == 8s);
    CHECK(pace.wait(k_start + 1s + 4min, 1) == 0ms);
  }
  SUBCASE("by doubling each minute")
  {
    const TimePoint calm = k_start + 61s;
    for (int i = 0; i < 5; ++i) {
      CHECK(next(pace, calm) == 0ms);
    }
    CHECK(next(pace, calm) == 700ms);
  }
}

TEST_CASE("client::Pace learns from what EC2 says which bucket is empty")
{
  ActionPace pace = launches();
  SUBCASE("that of machines: those are asked for again soon, few or many")
  {
    pace.throttled(k_start, 1000, k_of_resources);
    CHECK(pace.wait(k_start, 1000) == 2s);
    CHECK(pace.wait(k_start, 998) == 0ms);
    CHECK(pace.wait(k_start, 999) == 1s);
  }
  SUBCASE("that of requests")
  {
    pace.throttled(k_start, 1000, k_of_requests);
    CHECK(pace.wait(k_start, 1000) == 1s);
    CHECK(pace.wait(k_start + 1s, 1000) == 0ms);
  }
  SUBCASE("nothing")
  {
    pace.throttled(k_start, 1000, "Rate exceeded");
    CHECK(pace.wait(k_start, 1) == 1s);
    CHECK(pace.wait(k_start, 1000) == 2s);
  }
}

TEST_CASE("client::Pace: each action has its own")
{
  client::Paces paces;
  for (int i = 0; i < 5; ++i) {
    CHECK(next(paces.of("RunInstances"), k_start) == 0ms);
  }
  CHECK(paces.of("RunInstances").wait(k_start, 1) == 700ms);
  CHECK(paces.of("TerminateInstances").wait(k_start, 1000) == 0ms);
  for (int i = 0; i < 50; ++i) {
    CHECK(next(paces.of("DescribeInstances"), k_start, 0) == 0ms);
  }
  CHECK(paces.of("DescribeInstances").wait(k_start, 0) == 300ms);
  CHECK(paces.of("GetConsoleOutput").wait(k_start, 0) == 0ms);
}

TEST_CASE("client::Ec2Client keeps its own launches below EC2's limit")
{
  Launches own;
  auto& answers = own.world.http.answers;
  const auto launched = FakeHttp::response(200, run_instances_xml("i-1"));
  SUBCASE("a burst is sent at once, the sixth waits")
  {
    answers.assign(6, launched);
    for (int i = 0; i < 6; ++i) {
      CHECK(own.launch("1"));
    }
    CHECK(own.passed() == 700ms);
  }
  SUBCASE("a throttle slows what comes next")
  {
    answers = {ec2_error(503, "RequestLimitExceeded"), launched};
    CHECK(!own.launch("1"));
    CHECK(own.launch("1"));
    CHECK(own.passed() == 1s);
  }
  SUBCASE("what would come too late is sent at once")
  {
    answers = {ec2_error(503, "RequestLimitExceeded"), launched};
    CHECK(!own.launch("1", 300ms));
    CHECK(own.launch("1", 300ms));
    CHECK(own.passed() == 0ms);
  }
  SUBCASE("machines that did not come are none")
  {
    answers.assign(3, launched); // one of a thousand
    CHECK(own.launch("1000"));
    CHECK(own.launch("999"));
    CHECK(own.launch("998"));
    CHECK(own.passed() == 0ms);
  }
  SUBCASE("machines that may have come are")
  {
    answers = {FakeHttp::failure(io::HttpFailure::Reason::broken, true), launched};
    CHECK(!own.launch("1000"));
    CHECK(own.launch("20"));
    CHECK(own.passed() == 10'200ms);
  }
  SUBCASE("what was never sent takes nothing")
  {
    own.world.keys.insert(own.world.keys.begin(), fail(ErrorKind::credentials, "no keys"));
    answers.assign(2, launched);
    CHECK(!own.launch("1000"));
    CHECK(own.launch("1000"));
    CHECK(own.passed() == 0ms);
  }
  SUBCASE("the user's will ends the wait")
  {
    answers.assign(5, launched);
    for (int i = 0; i < 5; ++i) {
      CHECK(own.launch("1"));
    }
    own.world.clock.on_sleep = [&] { own.world.cancel.now.signal = 2; };
    const auto stopped = own.launch("1");
    REQUIRE(!stopped);
    CHECK(stopped.error().error_class == aws::ErrorClass::cancelled);
    CHECK(own.world.http.requests.size() == 5);
  }
}

TEST_CASE("client::Ec2Client keeps looks and ends below EC2's limits")
{
  ClientWorld world;
  const TimePoint start = world.clock.now();
  const aws::CallLimit limit{.deadline = start + 1h};
  world.http.answers.assign(60, FakeHttp::response(200, describe_xml("i-1")));
  for (int i = 0; i < 60; ++i) {
    CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, limit));
  }
  CHECK(world.clock.now() - start == 1200ms);
  world.http.answers.assign(2, FakeHttp::response(200, "<TerminateInstancesResponse/>"));
  const std::vector<std::string> ids(1000, "i-1");
  CHECK(world.ec2->terminate_instances(ids, limit));
  CHECK(world.ec2->terminate_instances({"i-1", "i-2"}, limit));
  CHECK(world.clock.now() - start == 1500ms);
}
