#include "boot/run.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using Calls = std::vector<std::string>;
using Machines = FakeEc2::Machines;
using enum aws::InstanceState;

namespace {

const std::string k_boot = "flame-ec2 n0nce stage=boot t=0.01 .\n";
const std::string k_ready =
  k_boot + "flame-ec2 n0nce stage=start t=1.00 .\n" + "flame-ec2 n0nce stage=ready t=3.00 .\n";

// A machine runs, and its release is waited for.
struct Awaiting : BootWorld {
  Awaiting();
};

Awaiting::Awaiting()
{
  plan.wait_for = config::WaitFor::ready;
  ec2.launches = {Machines{machine("i-1", pending)}};
  ec2.looks = {Machines{}, Machines{machine("i-1", running)}, Machines{machine("i-1", running)},
               Machines{machine("i-1", running)}, Machines{machine("i-1", running)}};
}

// Since the machine was seen to run.
Calls after(const BootWorld& world, const std::string& call)
{
  const auto at = std::ranges::find(world.ec2.calls, call);
  return {at, world.ec2.calls.end()};
}

} // namespace

TEST_CASE("boot::run listens to a machine that runs until its release is ready")
{
  Awaiting world;
  world.ec2.consoles = {"", k_boot, k_ready};
  const auto result = world.run();
  REQUIRE(result);
  CHECK(after(world, "describe i-1")
        == Calls{"describe i-1", "console i-1 latest", "describe i-1", "console i-1 latest",
                 "describe i-1", "console i-1 latest"});
  CHECK(result->machines.at(0).stage == "ready");
  CHECK(result->timings.ready > result->timings.running);
}

TEST_CASE("boot::run does not believe a stage line without the nonce")
{
  Awaiting world;
  world.ec2.consoles = {"flame-ec2 f0rged stage=ready t=3.00 .\n", k_ready};
  const auto result = world.run();
  REQUIRE(result);
  CHECK(world.ec2.consoles.empty());
}

TEST_CASE("boot::run ends the wait at once when the machine tells of a failure")
{
  Awaiting world;
  const std::string words =
    k_boot + "flame-ec2 n0nce stage=failed t=0.90 at=fetch rc=22 msg=HTTP 404 NoSuchKey .\n";
  world.ec2.consoles = {words};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 9);
  CHECK(result.error().stage == "fetch");
  CHECK(result.error().message == "the bootstrap of i-1 failed in stage fetch: HTTP 404 NoSuchKey");
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run: a release that ends before it is ready has failed")
{
  Awaiting world;
  world.ec2.consoles = {k_boot + "flame-ec2 n0nce stage=stopped t=1.90 rc=3 .\n"};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 9);
  CHECK(result.error().message == "the release on i-1 ended with status 3 before it was ready");
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run takes another machine when EC2 takes the first one back before it is ready")
{
  const std::string notice =
    k_boot + "flame-ec2 n0nce stage=interrupted t=2.00 at=2026-01-15T08:22:00Z .\n";
  Awaiting world;
  world.ec2.launches.emplace_back(Machines{machine("i-2", pending)});
  world.ec2.looks = {Machines{}, Machines{machine("i-1", running)},
                     Machines{machine("i-1", terminated, "Client.InstanceInitiatedShutdown")},
                     Machines{machine("i-2", running)}};
  SUBCASE("by its word alone")
  {
    world.ec2.consoles = {notice, k_ready};
  }
  SUBCASE("and its release has ended for that")
  {
    world.ec2.consoles = {notice + "flame-ec2 n0nce stage=stopped t=3.00 rc=0 msg=success .\n",
                          k_ready};
  }
  const auto result = world.run();
  REQUIRE(result);
  CHECK(result->machines.at(0).instance.id == "i-2");
  CHECK(world.ec2.alive == std::set<std::string>{"i-2"});
}

TEST_CASE("boot::run asks another candidate after one that took its machine back, else the same")
{
  const std::string notice =
    k_boot + "flame-ec2 n0nce stage=interrupted t=2.00 at=2026-01-15T08:22:00Z .\n";
  for (const std::string code : // it powers itself off, or EC2 is faster
       {"Client.InstanceInitiatedShutdown", "Server.SpotInstanceTermination"}) {
    for (const std::size_t candidates : {1U, 2U}) {
      CAPTURE(code);
      CAPTURE(candidates);
      Awaiting world;
      world.plan.candidates.resize(candidates);
      world.ec2.consoles = {notice, k_ready};
      world.ec2.launches.emplace_back(Machines{machine("i-2", pending)});
      world.ec2.looks = {Machines{}, Machines{machine("i-1", running)},
                         Machines{machine("i-1", terminated, code)},
                         Machines{machine("i-2", running)}};
      const auto result = world.run();
      REQUIRE(result);
      const bool is_lone = candidates == 1;
      CHECK(std::ranges::count(world.ec2.calls, "run m7g.large token 2") == (is_lone ? 1 : 0));
      CHECK(std::ranges::count(world.ec2.calls, "run m6g.large token 2") == (is_lone ? 0 : 1));
      CHECK(result->refused.size() == (is_lone ? 0U : 1U));
    }
  }
}

TEST_CASE("boot::run gives up a lone candidate that takes all its machines back")
{
  Awaiting world;
  world.plan.candidates.resize(1);
  world.ec2.looks = {Machines{}};
  world.ec2.launches.clear();
  for (const std::string id : {"i-1", "i-2", "i-3"}) {
    world.ec2.launches.emplace_back(Machines{machine(id, pending)});
    world.ec2.looks.emplace_back(
      Machines{machine(id, terminated, "Server.SpotInstanceTermination")});
  }
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 6);
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run says what was not ready when time is over")
{
  Awaiting world;
  world.plan.boot_timeout = std::chrono::seconds(2);
  world.ec2.consoles = {k_boot, k_boot, k_boot, k_boot};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 8);
  CHECK(result.error().message
        == "the release was not ready within the boot timeout of 2s; the bootstrap of i-1 last "
           "reached stage boot");
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run: what cannot be heard is said, and no machine is left")
{
  Awaiting world;
  SUBCASE("without the right")
  {
    world.ec2.consoles = {api_failure(ErrorClass::permission, "UnauthorizedOperation")};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 5);
    CHECK(result.error().hint.starts_with("--wait-for running"));
  }
  SUBCASE("of a type that cannot say what it says now")
  {
    world.ec2.consoles = {api_failure(ErrorClass::unsupported, "UnsupportedOperation")};
    CHECK(!world.run());
  }
  SUBCASE("but a call that is lost is made again")
  {
    world.ec2.consoles = {api_failure(ErrorClass::transient), k_ready};
    CHECK(world.run());
    return;
  }
  CHECK(world.ec2.alive.empty());
}
