#include "boot/run.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using Calls = std::vector<std::string>;
using Machines = FakeEc2::Machines;
using std::chrono::seconds;
using enum aws::InstanceState;

// Several machines of several launches, in whatever EC2 has to give.
namespace {

const aws::ApiError k_no_room = api_failure(ErrorClass::capacity, "InsufficientInstanceCapacity");
const char* const k_taken = "Server.InsufficientInstanceCapacity";

// Of one launch, numbered as EC2 does.
Machines some(int first, int count, aws::InstanceState state = running)
{
  Machines machines;
  for (int i = 0; i < count; ++i) {
    machines.push_back(machine(fmt::format("i-{}", first + i), state));
    machines.back().launch_index = std::to_string(i);
  }
  return machines;
}

Machines operator+(Machines some, const Machines& others)
{
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

// Five machines are wanted.
struct Five : BootWorld {
  Five()
  {
    plan.count = 5;
    plan.min_count = 5;
    plan.runner.job = boot::Job{.is_one_of_many = true};
    ec2.looks = {Machines{}};
  }

  // "1..5 from 0", of each launch.
  Calls groups() const
  {
    Calls groups;
    for (const aws::Params& params : ec2.launched_with) {
      groups.push_back(value_of(params, "MinCount") + ".." + value_of(params, "MaxCount"));
    }
    return groups;
  }
};

std::vector<std::size_t> places_of(const boot::BootResult& result)
{
  std::vector<std::size_t> places;
  for (const boot::Machine& machine : result.machines) {
    places.push_back(machine.index);
  }
  std::ranges::sort(places);
  return places;
}

bool has_note(const BootWorld& world, const std::string& note)
{
  return std::ranges::count(world.progress.notes, note) == 1;
}

} // namespace

TEST_CASE("boot::run takes what a candidate has, and the rest elsewhere")
{
  Five world;
  world.ec2.launches = {some(1, 2), some(3, 3)};
  world.ec2.looks.emplace_back(some(1, 5));
  const auto result = world.run();
  REQUIRE(result);
  CHECK(world.groups() == Calls{"1..5", "3..3"});
  CHECK(world.ec2.calls.at(1) == "run m7g.large token 1");
  CHECK(world.ec2.calls.at(2) == "run m6g.large token 2");
  CHECK(places_of(*result) == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(result->machines.at(2).instance.id == "i-3");
  CHECK(result->machines.at(2).index == 2);
  CHECK(result->timings.launch.has_value());
  REQUIRE(result->refused.size() == 1);
  CHECK(result->refused.at(0).message == "it had 2 of 5 machines");
  CHECK(has_note(world, "EC2 had 2 of 5 machines of m7g.large in subnet-1"));
}

TEST_CASE("boot::run asks no other subnet of a zone that has no room for the type")
{
  Five world;
  world.plan.candidates = {{"t3.nano", "subnet-a", "", "a"},
                           {"t3.nano", "subnet-a2", "", "a"},
                           {"t3.nano", "subnet-b", "", "b"}};
  SUBCASE("and goes on where there may be")
  {
    world.ec2.launches = {k_no_room, some(1, 5)};
    world.ec2.looks.emplace_back(some(1, 5));
    REQUIRE(world.run());
    CHECK(world.groups() == Calls{"1..5", "5..5"});
    CHECK(value_of(world.ec2.launched_with.at(1), "SubnetId") == "subnet-b");
  }
  SUBCASE("but does when it gave some: the rest may be for want of addresses")
  {
    world.ec2.launches = {some(1, 2), some(3, 3)};
    world.ec2.looks.emplace_back(some(1, 5));
    REQUIRE(world.run());
    CHECK(world.groups() == Calls{"1..5", "1..3"});
    CHECK(value_of(world.ec2.launched_with.at(1), "SubnetId") == "subnet-a2");
  }
}

TEST_CASE("boot::run goes on to another type when there is none of that name, and says so")
{
  Five world;
  const aws::ApiError no_type = api_failure(ErrorClass::no_type, "InvalidParameterValue");
  world.plan.candidates = {{"t3.nanoo", "subnet-a"}, {"t3.nanoo", "subnet-b"}, {"t3.nano", ""}};
  SUBCASE("which it has")
  {
    world.ec2.launches = {no_type, some(1, 5)};
    world.ec2.looks.emplace_back(some(1, 5));
    const auto result = world.run();
    REQUIRE(result);
    CHECK(world.groups() == Calls{"1..5", "5..5"});
    REQUIRE(result->refused.size() == 1);
    CHECK(result->refused.at(0).candidate.instance_type == "t3.nanoo");
    CHECK(result->refused.at(0).code == "InvalidParameterValue");
  }
  SUBCASE("and it is no mistake alone when the other has no room")
  {
    std::ranges::reverse(world.plan.candidates);
    world.ec2.launches = {k_no_room, no_type};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 6);
    CHECK(result.error().also.size() == 2);
  }
  SUBCASE("and it is one when there is no other")
  {
    world.plan.candidates.pop_back();
    world.ec2.launches = {no_type};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 1);
    CHECK(result.error().hint == "correct instance_type: did you mean t3.nano?");
  }
}

TEST_CASE("boot::run names the quota of the type and the market that was refused")
{
  Five world;
  world.plan.candidates = {{"g4dn.xlarge", "subnet-a", "spot"}};
  world.ec2.launches = {api_failure(ErrorClass::quota, "MaxSpotInstanceCountExceeded")};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(result.error().hint.find("L-3819A6DF: vCPUs of G and VT spot machines")
        != std::string::npos);
}

TEST_CASE("boot::run renders the user data of each group for its place")
{
  Five world;
  world.ec2.launches = {some(1, 2), some(3, 3)};
  SUBCASE("when a machine asks which it is")
  {
    REQUIRE(world.run());
    CHECK(world.renders == std::vector<std::size_t>{0, 2});
  }
  SUBCASE("and once when none does")
  {
    world.plan.runner.job.reset();
    REQUIRE(world.run());
    CHECK(world.renders == std::vector<std::size_t>{0});
  }
}

TEST_CASE("boot::run ends what it has when no candidate has the rest")
{
  Five world;
  world.ec2.launches = {some(1, 2), k_no_room};
  const auto result = world.run();
  REQUIRE(!result);
  const Error& error = result.error();
  CHECK(exit_status(error) == 6);
  CHECK(error.message == "only 2 of 5 machines could be had");
  REQUIRE(error.also.size() == 2);
  CHECK(error.also.at(0).message == "m7g.large in subnet-1: it had 2 of 5 machines");
  CHECK(error.also.at(1).message == "m6g.large in subnet-1: EC2 said InsufficientInstanceCapacity");
  CHECK(world.ec2.calls.back() == "terminate i-1 i-2");
  CHECK(world.ec2.alive.empty());
  CHECK(world.reports == 0);
}

TEST_CASE("boot::run goes on with as many as min_count wants, when there are no more")
{
  Five world;
  world.plan.min_count = 3;
  SUBCASE("of the last candidate, which has said so")
  {
    world.ec2.launches = {some(1, 2), some(3, 2)};
    world.ec2.looks.emplace_back(some(1, 4));
    const auto result = world.run();
    REQUIRE(result);
    CHECK(world.groups() == Calls{"1..5", "1..3"});
    CHECK(result->machines.size() == 4);
    CHECK(places_of(*result) == std::vector<std::size_t>{0, 1, 2, 3});
    CHECK(has_note(world, "4 of 5 machines: no candidate has more, and min_count is 3"));
    return;
  }
  SUBCASE("of the last candidate, which has none")
  {
    world.ec2.launches = {some(1, 4), k_no_room};
    world.ec2.looks.emplace_back(some(1, 4));
    const auto result = world.run();
    REQUIRE(result);
    CHECK(result->machines.size() == 4);
    return;
  }
  SUBCASE("and not with fewer")
  {
    world.ec2.launches = {some(1, 1), k_no_room};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(world.groups() == Calls{"1..5", "2..4"});
    CHECK(exit_status(result.error()) == 6);
    CHECK(result.error().message == "only 1 of 5 machines could be had, and min_count is 3");
  }
  SUBCASE("and not when one fails for another reason")
  {
    world.ec2.launches = {some(1, 5, pending)};
    Machines seen = some(1, 5);
    seen.at(1) = machine("i-2", terminated, "Client.InstanceInitiatedShutdown");
    world.ec2.looks.emplace_back(seen);
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 9);
  }
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run replaces machines that EC2 takes back, and leaves the others")
{
  Five world;
  world.ec2.launches = {some(1, 5, pending)};
  Machines seen = some(1, 5, pending);
  SUBCASE("for want of room, by those of another candidate")
  {
    seen.at(1) = machine("i-2", terminated, k_taken);
    seen.at(3) = machine("i-4", shutting_down, "Server.SpotInstanceTermination");
    world.ec2.looks.emplace_back(seen);
    world.ec2.launches.emplace_back(some(6, 1)); // each has a place of its own
    world.ec2.launches.emplace_back(some(7, 1));
    world.ec2.looks.emplace_back(some(1, 1) + some(3, 1) + some(5, 3));
    const auto result = world.run();
    REQUIRE(result);
    CHECK(places_of(*result) == std::vector<std::size_t>{0, 1, 2, 3, 4});
    CHECK(world.renders == std::vector<std::size_t>{0, 1, 3});
    CHECK(std::ranges::count(world.ec2.calls, "run m6g.large token 2") == 1);
    CHECK(std::ranges::count(world.ec2.calls, "run m6g.large token 3") == 1);
    CHECK(world.ec2.alive == std::set<std::string>{"i-1", "i-3", "i-5", "i-6", "i-7"});
  }
  SUBCASE("for a reason of its own, by others of the same")
  {
    seen.at(4) = machine("i-5", terminated, "Server.InternalError");
    world.ec2.looks.emplace_back(seen);
    world.ec2.launches.emplace_back(some(6, 1));
    world.ec2.looks.emplace_back(some(1, 4) + some(6, 1));
    REQUIRE(world.run());
    CHECK(std::ranges::count(world.ec2.calls, "run m7g.large token 2") == 1);
  }
  SUBCASE("and goes on without, when enough are left")
  {
    world.plan.candidates.resize(1);
    world.plan.min_count = 4;
    seen.at(0) = machine("i-1", terminated, k_taken);
    world.ec2.looks.emplace_back(seen);
    world.ec2.looks.emplace_back(some(2, 4));
    const auto result = world.run();
    REQUIRE(result);
    CHECK(result->machines.size() == 4);
    CHECK(places_of(*result) == std::vector<std::size_t>{1, 2, 3, 4});
    CHECK(has_note(world, "4 of 5 machines: no candidate has more, and min_count is 4"));
  }
  SUBCASE("and ends all when too few are")
  {
    world.plan.candidates.resize(1);
    seen.at(0) = machine("i-1", terminated, k_taken);
    world.ec2.looks.emplace_back(seen);
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 6);
    CHECK(result.error().message == "only 4 of 5 machines could be had");
    CHECK(world.ec2.alive.empty());
  }
}

TEST_CASE("boot::run ends all groups when a launch between them fails")
{
  Five world;
  world.ec2.launches = {some(1, 2)};
  SUBCASE("for good")
  {
    world.ec2.launches.emplace_back(api_failure(ErrorClass::permission, "UnauthorizedOperation"));
    CHECK(exit_status(world.run().error()) == 5);
  }
  SUBCASE("without an answer, which may have made others")
  {
    world.ec2.launches.resize(5, api_failure(ErrorClass::transient, "", true));
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 7);
    CHECK(std::ranges::count(world.ec2.calls, "run m6g.large token 2") == 4);
    CHECK(std::ranges::count(world.ec2.calls, "lookup client-token") > 1);
  }
  SUBCASE("by a signal")
  {
    world.ec2.launches.emplace_back(api_failure(ErrorClass::throttle));
    world.clock.on_sleep = [&] { world.cancel.now.signal = 2; };
    CHECK(exit_status(world.run().error()) == 130);
  }
  SUBCASE("by being throttled to the end")
  {
    world.plan.boot_timeout = seconds(2);
    world.ec2.launches.resize(9, api_failure(ErrorClass::throttle));
    CHECK(exit_status(world.run().error()) == 7);
  }
  CHECK(std::ranges::count(world.ec2.calls, "terminate i-1 i-2") == 1);
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run asks for a thousand machines in groups of a size that EC2 likes")
{
  BootWorld world;
  world.plan.count = 1000;
  world.plan.min_count = 1000;
  world.plan.wait_for = config::WaitFor::launched;
  world.ec2.looks = {Machines{}};
  for (int i = 0; i < 4; ++i) {
    world.ec2.launches.emplace_back(some(i * 250, 250));
  }
  const auto result = world.run();
  REQUIRE(result);
  CHECK(result->machines.size() == 1000);
  CHECK(world.ec2.calls
        == Calls{"lookup client-token", "run m7g.large token 1", "run m7g.large token 2",
                 "run m7g.large token 3", "run m7g.large token 4"});
  CHECK(world.renders == std::vector<std::size_t>{0});
}
