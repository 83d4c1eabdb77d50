#include "boot/run.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using Calls = std::vector<std::string>;
using Machines = FakeEc2::Machines;
using std::chrono::seconds;
using enum aws::InstanceState;

// Several machines of one launch: all or none.
namespace {

Machines three(aws::InstanceState first, aws::InstanceState second, aws::InstanceState third)
{
  return {machine("i-1", first), machine("i-2", second), machine("i-3", third)};
}

const std::string k_boot = "flame-ec2 n0nce stage=boot t=0.01 .\n";
const std::string k_ready = k_boot + "flame-ec2 n0nce stage=ready t=3.00 .\n";
const std::string k_failed = k_boot + "flame-ec2 n0nce stage=failed t=0.90 at=fetch rc=22 .\n";

struct Three : BootWorld {
  Three()
  {
    plan.count = 3;
    plan.min_count = 3;
    ec2.launches = {three(pending, pending, pending)};
    ec2.looks = {Machines{}};
  }
};

Calls since_launch(const BootWorld& world)
{
  return {world.ec2.calls.begin() + 1, world.ec2.calls.end()};
}

} // namespace

TEST_CASE("boot::run waits for all machines with one look, and reports all")
{
  Three world;
  world.ec2.looks.emplace_back(three(running, pending, running));
  world.ec2.looks.emplace_back(three(running, running, running));
  const auto result = world.run();
  REQUIRE(result);
  CHECK(since_launch(world)
        == Calls{"run m7g.large token 1", "describe i-1 i-2 i-3", "describe i-1 i-2 i-3"});
  REQUIRE(result->machines.size() == 3);
  CHECK(result->machines.at(2).instance.id == "i-3");
  CHECK(result->timings.running == Millis(2500)); // of the last
  CHECK(world.reports == 1);
  CHECK(world.ec2.alive.size() == 3);
}

TEST_CASE("boot::run is ready when each of the machines has said so, and asks none of them twice")
{
  Three world;
  world.plan.wait_for = config::WaitFor::ready;
  world.ec2.looks.emplace_back(three(running, running, running));
  world.ec2.looks.emplace_back(three(running, running, running));
  world.ec2.consoles = {k_boot, k_ready, "", k_ready, k_ready};
  const auto result = world.run();
  REQUIRE(result);
  CHECK(since_launch(world)
        == Calls{"run m7g.large token 1", "describe i-1 i-2 i-3", "console i-1 latest",
                 "console i-2 latest", "console i-3 latest", "describe i-1 i-2 i-3",
                 "console i-1 latest", "console i-3 latest"});
  for (const boot::Machine& machine : result->machines) {
    CHECK(machine.stage == "ready");
  }
  CHECK(result->timings.ready > result->timings.running);
}

TEST_CASE("boot::each_said hears the others when one is lost, and ends with what stays")
{
  std::vector<std::string> asked;
  const auto listen = [&](const std::string& id) -> aws::Outcome<std::string> {
    asked.push_back(id);
    if (id == "i-1" || id == "i-3") {
      return tl::unexpected(
        api_failure(id == "i-1" ? ErrorClass::transient : ErrorClass::permission));
    }
    return k_boot;
  };
  const boot::Said some = boot::each_said({"i-1", "i-2"}, listen);
  CHECK(some.texts == std::map<std::string, std::string>{{"i-2", k_boot}});
  CHECK(some.unheard.value().id == "i-1");
  const boot::Said none = boot::each_said({"i-1", "i-2", "i-3", "i-4"}, listen);
  CHECK(none.unheard.value().id == "i-3");
  CHECK(asked == std::vector<std::string>{"i-1", "i-2", "i-1", "i-2", "i-3"});
}

TEST_CASE("boot::run ends all machines when one of them fails")
{
  Three world;
  SUBCASE("by its own word")
  {
    world.plan.wait_for = config::WaitFor::ready;
    world.ec2.looks.emplace_back(three(running, running, running));
    world.ec2.consoles = {k_ready, k_failed, k_boot, k_failed};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 9);
    CHECK(result.error().message.starts_with("the bootstrap of i-2 failed in stage fetch"));
    CHECK(world.heard.instance_id == "i-2");
  }
  SUBCASE("by powering off")
  {
    world.ec2.looks.push_back(
      Machines{machine("i-1", running), machine("i-2", running),
               machine("i-3", terminated, "Client.InstanceInitiatedShutdown")});
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 9);
    CHECK(result.error().message.starts_with("i-3 is terminated"));
    CHECK(world.heard.instance_id == "i-3");
  }
  SUBCASE("by being late")
  {
    world.plan.boot_timeout = seconds(2);
    world.ec2.looks.emplace_back(three(running, pending, running));
    world.ec2.looks.emplace_back(three(running, pending, running));
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 8);
    CHECK(result.error().message.starts_with("not all of 3 machines were running"));
  }
  SUBCASE("by being late with its release")
  {
    world.plan.boot_timeout = seconds(2);
    world.plan.wait_for = config::WaitFor::ready;
    world.ec2.looks.emplace_back(three(running, running, running));
    world.ec2.looks.emplace_back(three(running, running, running));
    world.ec2.consoles = {k_ready, k_boot, k_ready, k_boot, k_boot, k_boot};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 8);
    CHECK(result.error().message.starts_with("1 of 3 releases were not ready"));
    CHECK(world.heard.instance_id == "i-2"); // and not of one that is well
  }
  SUBCASE("when the result cannot be written")
  {
    world.plan.wait_for = config::WaitFor::launched;
    world.report = fail(ErrorKind::output, "the disk is full");
    CHECK(exit_status(world.run().error()) == 74);
  }
  SUBCASE("or a signal comes")
  {
    world.ec2.looks.emplace_back(three(running, pending, running));
    world.ec2.on_describe = [&] { world.cancel.now.signal = world.ec2.calls.size() > 2 ? 15 : 0; };
    CHECK(exit_status(world.run().error()) == 143);
  }
  CHECK(world.ec2.alive.empty());
  CHECK(std::ranges::count(world.ec2.calls, "terminate i-1 i-2 i-3")
          + std::ranges::count(world.ec2.calls, "terminate i-1 i-2")
        == 1); // with one call
}

TEST_CASE("boot::run falls back with all machines, when a candidate has no room for them")
{
  Three world;
  world.ec2.launches = {api_failure(ErrorClass::capacity, "InsufficientInstanceCapacity"),
                        three(running, running, running)};
  world.ec2.looks.emplace_back(three(running, running, running));
  const auto result = world.run();
  REQUIRE(result);
  CHECK(result->machines.size() == 3);
  CHECK(world.ec2.calls.back() == "run m6g.large token 2");
}

TEST_CASE("boot::run asks the only candidate for all machines, and looks when fewer are named")
{
  Three world;
  world.plan.candidates.resize(1);
  world.ec2.launches = {Machines{machine("i-1", running), machine("i-2", running)}};
  SUBCASE("for the others by their token")
  {
    world.ec2.looks.emplace_back(three(running, running, running));
    REQUIRE(world.run());
    CHECK(world.ec2.calls.back() == "lookup client-token");
    CHECK(world.ec2.alive.size() == 3);
    return;
  }
  SUBCASE("and ends them when there are no others")
  {
    world.plan.boot_timeout = seconds(1);
    world.ec2.launches.push_back(Machines{machine("i-1", terminated), machine("i-2", terminated)});
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(world.ec2.alive.empty());
  }
}

TEST_CASE("boot::run ends the most of many machines with few calls when EC2 does not know one")
{
  BootWorld world;
  world.plan.count = 32;
  world.plan.min_count = 32;
  Machines many;
  for (int i = 0; i < 32; ++i) {
    many.push_back(machine("i-" + std::to_string(i), pending));
  }
  world.ec2.launches = {many};
  world.ec2.looks = {Machines{}, many};
  world.ec2.bad = {{"i-7", api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound")}};
  world.ec2.on_describe = [&] { world.cancel.now.signal = world.ec2.calls.size() > 2 ? 15 : 0; };
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(result.error().instances == std::vector<std::string>{"i-7"});
  CHECK(world.ec2.alive == std::set<std::string>{"i-7"});
}
