#include "fleet/ending.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::fleet;
using namespace flame::test;
using aws::ErrorClass;
using Calls = std::vector<std::string>;
using Machines = FakeEc2::Machines;
using enum aws::InstanceState;

namespace {

struct World {
  FakeEc2 ec2 = {};
  FakeClock clock = {};
  FakeCancel cancel = {};
  TimePoint in(std::chrono::seconds time) const { return clock.now() + time; }
  FleetParts parts() { return {ec2, clock, cancel}; }
};

const aws::ApiError k_unknown_id =
  api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound");

} // namespace

TEST_CASE("fleet::check_instance_ids tells all that are none")
{
  CHECK(check_instance_ids({"i-01234567", "i-0123456789abcdef0"}));
  const auto checked = check_instance_ids({"i-1", "i-0123456789abcdef0", "ami-01234567", ""});
  REQUIRE(!checked);
  CHECK(checked.error().kind == ErrorKind::usage);
  CHECK(checked.error().also.size() == 2);
}

TEST_CASE("fleet::look_for tells what lives from what EC2 does not show")
{
  World world;
  world.ec2.looks = {
    Machines{machine("i-1", running), machine("i-2", terminated), machine("i-3", shutting_down)}};
  const auto looked = look_for({.ids = {"i-1", "i-2", "i-3", "i-4"}}, world.parts());
  REQUIRE(looked);
  REQUIRE(looked->live.size() == 1);
  CHECK(looked->live[0].id == "i-1");
  CHECK(looked->unknown == Calls{"i-4"});
  SUBCASE("of a run nothing is unknown")
  {
    const auto run = look_for({.run_id = "ci-7"}, world.parts());
    REQUIRE(run);
    CHECK(run->unknown.empty());
  }
  SUBCASE("a refusal is passed on")
  {
    world.ec2.looks = {api_failure(ErrorClass::permission)};
    CHECK(!look_for({.all = true}, world.parts()));
  }
}

TEST_CASE("fleet: filters ask for what is meant, letter by letter")
{
  World world;
  const Selector odd{.run_id = "a*b?c\\d", .app = "demo"};
  REQUIRE(find_ours(odd, false, world.parts()));
  REQUIRE(find_ours({}, true, world.parts()));
  REQUIRE(find_orphans("", world.parts()));
  REQUIRE(world.ec2.queries.size() == 3);
  using Filters = decltype(aws::DescribeQuery{}.filters);
  const Calls live = {"pending", "running", "stopping", "stopped"};
  CHECK(world.ec2.queries[0].filters
        == Filters{{"tag:flame-ec2:run-id", {"a\\*b\\?c\\\\d"}},
                   {"tag:flame-ec2:app", {"demo"}},
                   {"instance-state-name", live}});
  CHECK(world.ec2.queries[1].filters == Filters{{"tag-key", {"flame-ec2:run-id"}}});
  CHECK(world.ec2.queries[2].filters
        == Filters{{"tag-key", {"FLAME_PARENT_APP"}}, {"instance-state-name", live}});
}

TEST_CASE("fleet::find_orphans leaves our own out")
{
  World world;
  aws::Instance ours = machine("i-1", running);
  ours.tags = {{"FLAME_PARENT_APP", "demo"}, {"flame-ec2:run-id", "ci-7"}};
  aws::Instance theirs = machine("i-2", running);
  theirs.tags = {{"FLAME_PARENT_APP", "demo"}};
  world.ec2.looks = {Machines{ours, theirs}};
  const auto orphans = find_orphans("demo", world.parts());
  REQUIRE(orphans);
  REQUIRE(orphans->size() == 1);
  CHECK(orphans->front().id == "i-2");
}

TEST_CASE("fleet::end_machines ends the others when one id is bad")
{
  World world;
  world.ec2.bad = {{"i-2", k_unknown_id}};
  SUBCASE("that EC2 names")
  {
    world.ec2.bad["i-2"].error.message = "The instance ID 'i-2' does not exist";
    const EndReport report = end_machines({"i-1", "i-2", "i-3"}, world.in(std::chrono::minutes(2)),
                                          world.parts(), std::chrono::seconds(4));
    CHECK(report.ended == Calls{"i-1", "i-2", "i-3"});
    CHECK(as_result(report));
    CHECK(world.ec2.calls
          == Calls{"terminate i-1 i-2 i-3", "terminate i-1 i-3", "terminate i-2", "terminate i-2",
                   "terminate i-2", "lookup instance-id"});
  }
  SUBCASE("that it does not name")
  {
    std::vector<std::string> ids;
    for (int i = 0; i < 1000; ++i) {
      ids.push_back("i-" + std::to_string(i));
    }
    const EndReport report =
      end_machines(ids, world.in(std::chrono::minutes(2)), world.parts(), Millis(0));
    CHECK(report.ended.size() == 1000);
    CHECK(report.ended[2] == "i-2");    // as they came
    CHECK(world.ec2.calls.size() < 25); // halves, not one by one
  }
  SUBCASE("for ever")
  {
    world.ec2.bad = {{"i-2", api_failure(ErrorClass::unknown, "OperationNotPermitted")},
                     {"i-3", api_failure(ErrorClass::permission, "UnauthorizedOperation")}};
    const EndReport report =
      end_machines({"i-1", "i-2", "i-3", "i-4"}, world.in(std::chrono::minutes(2)), world.parts());
    CHECK(report.ended == Calls{"i-1", "i-4"});
    REQUIRE(report.failed.size() == 2);
    CHECK(report.failed[0].id == "i-2");
    CHECK(report.failed[0].error.aws_code == "OperationNotPermitted");
    CHECK(report.failed[1].error.kind == ErrorKind::denied);
    const auto result = as_result(report);
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 10);
    CHECK(result.error().instances == Calls{"i-2", "i-3"});
    CHECK(result.error().also.size() == 2);
  }
}

TEST_CASE("fleet::end_machines takes a longer id for no other")
{
  World world;
  world.ec2.bad = {{"i-0123456789abcdef0", k_unknown_id}};
  world.ec2.bad.begin()->second.error.message = "'i-0123456789abcdef0' does not exist";
  const EndReport report =
    end_machines({"i-01234567", "i-0123456789abcdef0"}, world.in(std::chrono::minutes(1)),
                 world.parts(), Millis(0));
  CHECK(report.ended.size() == 2);
  CHECK(world.ec2.calls[1] == "terminate i-01234567");
}

TEST_CASE("fleet::end_machines asks for an unknown id again before it counts as ended")
{
  World world;
  world.ec2.bad = {{"i-1", k_unknown_id}};
  SUBCASE("gone")
  {
    const auto start = world.clock.now();
    const EndReport report =
      end_machines({"i-1"}, world.in(std::chrono::minutes(2)), world.parts());
    CHECK(report.ended == Calls{"i-1"});
    CHECK(world.clock.now() - start >= k_unknown_for);
  }
  SUBCASE("visible only 20 seconds later")
  {
    const auto start = world.clock.now();
    world.clock.on_sleep = [&] {
      if (world.clock.now() - start >= std::chrono::seconds(20)) {
        world.ec2.bad.clear();
      }
    };
    const EndReport report =
      end_machines({"i-1"}, world.in(std::chrono::minutes(2)), world.parts());
    CHECK(report.ended == Calls{"i-1"});
    CHECK(world.ec2.calls.back() == "terminate i-1");
  }
  SUBCASE("described, but never known to terminate")
  {
    for (int i = 0; i < 100; ++i) {
      world.ec2.looks.push_back(Machines{machine("i-1", running)});
    }
    const EndReport report =
      end_machines({"i-1"}, world.in(std::chrono::minutes(1)), world.parts());
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].error.aws_code == "InvalidInstanceID.NotFound");
  }
  SUBCASE("where describing is not allowed")
  {
    world.ec2.looks = {api_failure(ErrorClass::permission)};
    CHECK(end_machines({"i-1"}, world.in(std::chrono::minutes(2)), world.parts()).ended
          == Calls{"i-1"});
  }
}

TEST_CASE("fleet::end_machines stops asking where nothing is allowed")
{
  World world;
  std::vector<std::string> ids;
  for (int i = 0; i < 500; ++i) {
    ids.push_back("i-" + std::to_string(i));
    world.ec2.bad[ids.back()] = api_failure(ErrorClass::permission, "UnauthorizedOperation");
  }
  const EndReport report = end_machines(ids, world.in(std::chrono::minutes(2)), world.parts());
  CHECK(report.ended.empty());
  CHECK(report.failed.size() == 500);
  CHECK(world.ec2.calls.size() < 60);
}

TEST_CASE("fleet::end_machines ends each machine once")
{
  World world;
  const EndReport report =
    end_machines({"i-2", "i-1", "i-2"}, world.in(std::chrono::minutes(1)), world.parts());
  CHECK(report.ended == Calls{"i-2", "i-1"});
  CHECK(world.ec2.calls == Calls{"terminate i-2 i-1"});
}

TEST_CASE("fleet::end_machines tries until the deadline")
{
  World world;
  for (int i = 0; i < 100; ++i) {
    world.ec2.refusals.push_back(api_failure(ErrorClass::transient));
  }
  const auto start = world.clock.now();
  const EndReport report = end_machines({"i-1"}, world.in(std::chrono::seconds(30)), world.parts());
  CHECK(report.failed.size() == 1);
  CHECK(world.clock.now() - start <= std::chrono::seconds(30));
  CHECK(world.ec2.calls.size() > 5);
}

TEST_CASE("fleet::end_machines asks in batches of a thousand")
{
  World world;
  std::vector<std::string> ids;
  for (int i = 0; i < 1500; ++i) {
    ids.push_back("i-" + std::to_string(i));
  }
  CHECK(end_machines(ids, world.in(std::chrono::seconds(30)), world.parts()).ended.size() == 1500);
  CHECK(world.ec2.calls.size() == 2);
}

TEST_CASE("fleet::wait_until_gone waits for the end, or says who is left")
{
  World world;
  SUBCASE("ended, or known no more")
  {
    world.ec2.looks = {Machines{machine("i-1", shutting_down), machine("i-2", shutting_down)},
                       Machines{machine("i-1", terminated)}};
    CHECK(wait_until_gone({"i-1", "i-2"}, world.in(std::chrono::seconds(60)), world.parts()));
  }
  SUBCASE("too slow")
  {
    for (int i = 0; i < 100; ++i) {
      world.ec2.looks.push_back(Machines{machine("i-1", shutting_down)});
    }
    const auto gone = wait_until_gone({"i-1"}, world.in(std::chrono::seconds(60)), world.parts());
    REQUIRE(!gone);
    CHECK(exit_status(gone.error()) == 8);
    CHECK(gone.error().message == "i-1 has not ended yet");
  }
}
