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

TEST_CASE("fleet::find_live waits for a launch that shows late")
{
  World world;
  world.ec2.looks = {Machines{}, Machines{}, Machines{machine("i-1", pending)}};
  const auto found = find_live({.run_id = "ci-7"}, std::chrono::seconds(30), world.parts());
  REQUIRE(found);
  CHECK(found->size() == 1);
  CHECK(world.clock.slept.size() == 2);
}

TEST_CASE("fleet::find_live stops looking")
{
  World world;
  SUBCASE("when it has settled")
  {
    const auto start = world.clock.now();
    const auto found = find_live({.run_id = "ci-7"}, std::chrono::seconds(30), world.parts());
    REQUIRE(found);
    CHECK(found->empty());
    CHECK(world.clock.now() - start == std::chrono::seconds(30));
  }
  SUBCASE("at once for what is not a run")
  {
    REQUIRE(find_live({.all = true}, std::chrono::seconds(30), world.parts()));
    CHECK(world.clock.slept.empty());
  }
  SUBCASE("when the user does")
  {
    world.clock.on_sleep = [&] { world.cancel.now.signal = 2; };
    const auto found = find_live({.run_id = "ci-7"}, std::chrono::seconds(30), world.parts());
    REQUIRE(!found);
    CHECK(exit_status(found.error()) == 130);
  }
  SUBCASE("when EC2 refuses")
  {
    world.ec2.looks = {api_failure(ErrorClass::permission)};
    const auto found = find_live({.run_id = "ci-7"}, std::chrono::seconds(30), world.parts());
    REQUIRE(!found);
    CHECK(found.error().kind == ErrorKind::denied);
  }
}

TEST_CASE("fleet::end_machines ends the others when one id is bad")
{
  World world;
  world.ec2.refusals = {k_unknown_id};
  const EndReport report =
    end_machines({"i-1", "i-2"}, world.in(std::chrono::seconds(30)), world.parts());
  CHECK(report.ended == Calls{"i-1", "i-2"});
  CHECK(report.failed.empty());
  CHECK(as_result(report));
  CHECK(world.ec2.calls == Calls{"terminate i-1 i-2", "terminate i-1", "terminate i-2"});
}

TEST_CASE("fleet::end_machines takes an id for gone only after asking again")
{
  World world;
  world.ec2.refusals = {k_unknown_id, k_unknown_id, k_unknown_id};
  const EndReport report = end_machines({"i-1"}, world.in(std::chrono::seconds(30)), world.parts());
  CHECK(report.ended == Calls{"i-1"});
  CHECK(world.ec2.calls.size() == 3);
  CHECK(world.clock.slept.size() == 2);
}

TEST_CASE("fleet::end_machines names what it could not end")
{
  World world;
  world.ec2.refusals = {api_failure(ErrorClass::permission, "UnauthorizedOperation"),
                        api_failure(ErrorClass::permission, "UnauthorizedOperation")};
  const EndReport report =
    end_machines({"i-1", "i-2"}, world.in(std::chrono::seconds(30)), world.parts());
  CHECK(report.ended == Calls{"i-2"});
  const auto result = as_result(report);
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 10);
  CHECK(result.error().instances == Calls{"i-1"});
  CHECK(result.error().message == "i-1 may still run");
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
