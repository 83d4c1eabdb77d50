#include "boot/run.hpp"
#include "boot/step.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using Calls = std::vector<std::string>;
using Machines = FakeEc2::Machines;
using std::chrono::seconds;
using enum aws::InstanceState;

// The last part of a boot: the result, an attached caller, and what is left when it fails.
namespace {

Calls last_calls(const BootWorld& world, std::ptrdiff_t count)
{
  REQUIRE(std::ssize(world.ec2.calls) >= count);
  return {world.ec2.calls.end() - count, world.ec2.calls.end()};
}

void attach(BootWorld& world)
{
  world.cancel.now.satisfied = false;
  world.plan.wait_for = config::WaitFor::launched;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.looks = {Machines{}};
}

} // namespace

TEST_CASE("boot::run reports the machine once, and ends it when that fails")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", running)}};
  SUBCASE("it was told")
  {
    const auto result = world.run();
    REQUIRE(result);
    CHECK(world.reports == 1);
    CHECK(world.ec2.alive == std::set<std::string>{"i-1"});
  }
  SUBCASE("it could not be told")
  {
    world.report = fail(ErrorKind::output, "the disk is full");
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 74);
    CHECK(result.error().run_id == "ci-7");
    CHECK(world.ec2.calls.back() == "terminate i-1");
    CHECK(world.ec2.alive.empty());
  }
  SUBCASE("it could neither be told nor ended")
  {
    world.report = fail(ErrorKind::output, "the disk is full");
    world.ec2.refusals = {api_failure(ErrorClass::permission, "UnauthorizedOperation")};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 10);
    CHECK(result.error().instances == Calls{"i-1"});
  }
  SUBCASE("a signal while it is told comes too late")
  {
    world.on_report = [&] { world.cancel.now.signal = 15; };
    CHECK(world.run());
  }
}

TEST_CASE("boot::run watches the machine until an attached caller is satisfied")
{
  BootWorld world;
  attach(world);
  for (int i = 0; i < 100; ++i) {
    world.ec2.looks.push_back(Machines{machine("i-1", running)});
  }
  SUBCASE("who was satisfied before")
  {
    world.cancel.now.satisfied = true;
    REQUIRE(world.run());
    CHECK(world.ec2.calls.back() == "run m7g.large token 1");
  }
  SUBCASE("who becomes so")
  {
    world.clock.on_sleep = [&] { world.cancel.now.satisfied = world.clock.slept.size() == 3; };
    REQUIRE(world.run());
    CHECK(world.reports == 1);
    CHECK(last_calls(world, 2) == Calls{"describe i-1", "describe i-1"});
  }
  SUBCASE("whose input ends: the machine is not wanted")
  {
    world.clock.on_sleep = [&] {
      world.cancel.now.signal = 1;
      world.cancel.now.left = true;
    };
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 129);
    CHECK(result.error().message.starts_with("standard input has ended"));
    CHECK(world.ec2.alive.empty());
  }
  SUBCASE("who never is: it has the boot timeout for it")
  {
    const TimePoint start = world.clock.now();
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 8);
    CHECK(result.error().message.find("has not said up") != std::string::npos);
    CHECK(world.clock.now() - start < seconds(125));
    CHECK(world.ec2.alive.empty());
  }
}

TEST_CASE("boot::run tells an attached caller at once when the machine has left")
{
  BootWorld world;
  attach(world);
  world.ec2.looks.push_back(
    Machines{machine("i-1", terminated, "Client.InstanceInitiatedShutdown")});
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 9);
  CHECK(world.reports == 1);
}

TEST_CASE("boot::run does not replace a machine that is only stopped: it could start again")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.looks = {Machines{}, Machines{machine("i-1", stopped, "Server.ScheduledStop")}};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 1);
  CHECK(world.ec2.alive.empty());
  CHECK(world.ec2.launched_with.size() == 1);
}

TEST_CASE("boot::run takes the next candidate when a machine ended for want of room")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", terminated, "Server.InsufficientInstanceCapacity")},
                        Machines{machine("i-2", running)}};
  const auto result = world.run();
  REQUIRE(result);
  CHECK(world.ec2.calls.back() == "run m6g.large token 2");
  REQUIRE(result->refused.size() == 1);
  CHECK(result->refused.front().code == "Server.InsufficientInstanceCapacity");
}

TEST_CASE("boot::run tries no other candidate when a quota is of the whole account")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", terminated, "Client.VolumeLimitExceeded")}};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 6);
  CHECK(result.error().message.starts_with("none of 2 candidates could be launched; 1 of them"));
  CHECK(world.ec2.launched_with.size() == 1);
}

TEST_CASE("boot::run ends all that EC2 shows when it shows more than one machine")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending), machine("i-2", pending)}};
  world.ec2.refusals = {api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound")};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 1);
  CHECK(world.ec2.alive.empty());
  // One bad id keeps nothing else alive.
  CHECK(last_calls(world, 4)
        == Calls{"terminate i-1 i-2", "terminate i-1", "terminate i-2", "console i-1 latest"});
}

TEST_CASE("boot::run looks again when something else than EC2 answers")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.looks = {Machines{}};
  SUBCASE("for a moment")
  {
    world.ec2.looks.push_back(api_failure(ErrorClass::answer));
    world.ec2.looks.push_back(Machines{machine("i-1", running)});
    CHECK(world.run());
  }
  SUBCASE("but not for ever")
  {
    for (int i = 0; i < 50; ++i) {
      world.ec2.looks.push_back(api_failure(ErrorClass::answer));
    }
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 7);
    CHECK(world.ec2.alive.empty());
  }
}

TEST_CASE("boot::run waits for the words of a machine that is off, but not for long")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.looks = {Machines{},
                     Machines{machine("i-1", terminated, "Client.InstanceInitiatedShutdown")}};
  SUBCASE("they come late")
  {
    world.ec2.consoles = {"", "", "it was the disk"};
    REQUIRE(!world.run());
    CHECK(world.heard.console == "it was the disk");
  }
  SUBCASE("they never come")
  {
    const TimePoint start = world.clock.now();
    REQUIRE(!world.run());
    CHECK(world.heard.instance_id == "i-1");
    CHECK(world.heard.console.empty());
    CHECK(world.clock.now() - start <= seconds(1) + boot::k_words_limit);
  }
}

TEST_CASE("boot::run ends the machine at once when a signal comes while its words are read")
{
  BootWorld world;
  world.plan.boot_timeout = seconds(1);
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.consoles = {api_failure(ErrorClass::unsupported), "words"};
  world.ec2.on_console = [&] { world.cancel.now.signal = 2; };
  REQUIRE(!world.run());
  CHECK(last_calls(world, 3) == Calls{"console i-1 latest", "terminate i-1", "console i-1"});
}

TEST_CASE("boot::run tells how far the bootstrap of a machine came that was too slow")
{
  BootWorld world;
  world.plan.boot_timeout = seconds(1);

  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.consoles = {"flame-ec2 n0nce stage=fetch t=0.50 .\n"};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 8);
  CHECK(result.error().message.ends_with("; the bootstrap of i-1 last reached stage fetch"));
}
