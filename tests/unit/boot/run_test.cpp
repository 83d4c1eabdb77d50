#include "boot/run.hpp"
#include "boot/step.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using Calls = std::vector<std::string>;
using Machines = FakeEc2::Machines;
using enum aws::InstanceState;

namespace {

const aws::ApiError k_no_capacity =
  api_failure(ErrorClass::capacity, "InsufficientInstanceCapacity");
const aws::ApiError k_lost = api_failure(ErrorClass::transient, "", true);

} // namespace

TEST_CASE("boot::run falls back, waits and returns the machine")
{
  BootWorld world;
  world.ec2.launches = {k_no_capacity, Machines{machine("i-1", pending)}};
  world.ec2.looks = {Machines{}, Machines{machine("i-1", running)}};

  const auto result = world.run();

  REQUIRE(result);
  CHECK(world.ec2.calls
        == Calls{"lookup client-token", "run m7g.large token 1", "run m6g.large token 2",
                 "describe i-1"});
  CHECK(result->machines.at(0).instance.id == "i-1");
  CHECK(result->run_id == "ci-7");
  CHECK(world.clock.slept == std::vector<Millis>{Millis(1000)});
  CHECK(result->timings.running == Millis(1000));
  CHECK(world.ec2.alive == std::set<std::string>{"i-1"});
  CHECK(world.progress.notes == Calls{"EC2 said InsufficientInstanceCapacity"});
}

TEST_CASE("boot::run is done at the launch when that is what is waited for")
{
  BootWorld world;
  world.plan.wait_for = config::WaitFor::launched;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  REQUIRE(world.run());
  CHECK(world.ec2.calls == Calls{"lookup client-token", "run m7g.large token 1"});
}

TEST_CASE("boot::run launches nothing when the greeting fails")
{
  BootWorld world;
  SUBCASE("for good")
  {
    world.ec2.looks = {api_failure(ErrorClass::permission, "UnauthorizedOperation")};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(result.error().kind == ErrorKind::denied);
    CHECK(world.ec2.calls == Calls{"lookup client-token"});
  }
  SUBCASE("when nobody is there")
  {
    world.ec2.looks = {api_failure(ErrorClass::endpoint)};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(result.error().kind == ErrorKind::network);
    CHECK(result.error().instances.empty());
  }
}

TEST_CASE("boot::run takes a throttled greeting for a greeting")
{
  BootWorld world;
  world.plan.wait_for = config::WaitFor::launched;
  world.ec2.looks = {api_failure(ErrorClass::throttle, "RequestLimitExceeded")};
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  CHECK(world.run());
}

TEST_CASE("boot::run sends a throttled launch again, with its token and bytes, after a pause")
{
  BootWorld world;
  world.random.fixed = 1.0;
  world.ec2.launches = {api_failure(ErrorClass::throttle, "RequestLimitExceeded"),
                        api_failure(ErrorClass::throttle, "RequestLimitExceeded"),
                        Machines{machine("i-1", running)}};
  REQUIRE(world.run());
  CHECK(world.ec2.calls.back() == "run m7g.large token 1");
  CHECK(world.ec2.launched_with.at(0) == world.ec2.launched_with.at(2));
  CHECK(world.clock.slept == std::vector<Millis>{Millis(1000), Millis(2000)});
  CHECK(world.renders.size() == 1);
}

TEST_CASE("boot::run reports throttling when it lasts to the end")
{
  BootWorld world;
  world.random.fixed = 1.0;
  for (int i = 0; i < 50; ++i) {
    world.ec2.launches.push_back(api_failure(ErrorClass::throttle, "RequestLimitExceeded"));
  }
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 7);
  CHECK(result.error().message.ends_with("until the boot timeout of 2m had passed"));
}

TEST_CASE("boot::run finds the machine of a lost answer by the same token")
{
  BootWorld world;
  world.ec2.launches = {k_lost, Machines{machine("i-1", running)}};
  REQUIRE(world.run());
  CHECK(world.ec2.calls
        == Calls{"lookup client-token", "run m7g.large token 1", "run m7g.large token 1"});
}

TEST_CASE("boot::run ends what a lost launch has made when it gives up")
{
  BootWorld world;
  world.ec2.launches = {k_lost, k_lost, k_lost, k_lost};
  world.ec2.looks = {Machines{}, Machines{}, Machines{machine("i-9", pending)}};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 7);
  CHECK(world.ec2.calls.back() == "terminate i-9");
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run says that something may live when EC2 cannot be asked")
{
  BootWorld world;
  world.ec2.launches = {k_lost, k_lost, k_lost, k_lost};
  world.ec2.looks = {Machines{}};
  for (int i = 0; i < 50; ++i) {
    world.ec2.looks.push_back(api_failure(ErrorClass::endpoint));
  }
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 10);
  CHECK(result.error().also.back().hint
        == "make sure with: flame-ec2 terminate --region eu-west-1 --run-id ci-7");
}

TEST_CASE("boot::run renews what was refused, and signs the user data anew")
{
  BootWorld world;
  world.plan.wait_for = config::WaitFor::launched;
  SUBCASE("credentials")
  {
    world.ec2.launches = {api_failure(ErrorClass::credentials, "ExpiredToken"),
                          Machines{machine("i-1", pending)}};
    REQUIRE(world.run());
    CHECK(world.ec2.calls
          == Calls{"lookup client-token", "run m7g.large token 1", "renew credentials",
                   "run m7g.large token 2"});
    CHECK(world.renders.size() == 2);
  }
  SUBCASE("once only")
  {
    world.ec2.launches = {api_failure(ErrorClass::clock, "RequestExpired"),
                          api_failure(ErrorClass::clock, "RequestExpired")};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 4);
  }
  SUBCASE("a launch that may have had its effect keeps its token and bytes")
  {
    world.ec2.launches = {k_lost, api_failure(ErrorClass::credentials, "ExpiredToken"),
                          Machines{machine("i-1", pending)}};
    REQUIRE(world.run());
    CHECK(world.ec2.calls.back() == "run m7g.large token 1");
    CHECK(world.renders.size() == 1);
  }
}

TEST_CASE("boot::run leaves no machine behind")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};

  SUBCASE("when it is interrupted while it waits")
  {
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 15}; };
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 143);
    CHECK(result.error().message == "interrupted by SIGTERM");
  }
  SUBCASE("when the boot timeout passes")
  {
    for (int i = 0; i < 200; ++i) {
      world.ec2.looks.push_back(i == 0 ? Machines{} : Machines{machine("i-1", pending)});
    }
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 8);
  }
  SUBCASE("when EC2 has stopped it")
  {
    world.ec2.looks = {Machines{}, Machines{machine("i-1", stopped)}};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 1);
  }
  SUBCASE("when ending it fails at first")
  {
    world.ec2.refusals = {api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound"),
                          api_failure(ErrorClass::transient)};
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 2}; };
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 130);
  }
  CHECK(world.ec2.alive.empty());
}

TEST_CASE("boot::run names the machine that it could not end")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  for (int i = 0; i < 100; ++i) {
    world.ec2.refusals.push_back(api_failure(ErrorClass::transient));
  }
  SUBCASE("within the grace")
  {
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 2}; };
    const auto start = world.clock.now();
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(world.clock.now() - start <= boot::k_grace + Millis(2000));
    CHECK(exit_status(result.error()) == 10);
    CHECK(result.error().instances == Calls{"i-1"});
    CHECK(result.error().also.back().message == "i-1 may still run");
  }
  SUBCASE("at once when asked twice")
  {
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 2, .at_once = true}; };
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 10);
    CHECK(world.ec2.calls.back() == "run m7g.large token 1");
  }
  SUBCASE("at once when it has no right to end it")
  {
    world.ec2.refusals = {api_failure(ErrorClass::permission, "UnauthorizedOperation")};
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 2}; };
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 10);
    CHECK(world.ec2.calls.back() == "terminate i-1");
  }
}

TEST_CASE("boot::run reads why EC2 took a machine back")
{
  BootWorld world;
  SUBCASE("want of capacity: the next candidate")
  {
    world.ec2.launches = {Machines{machine("i-1", pending)}, Machines{machine("i-2", running)}};
    world.ec2.looks = {Machines{},
                       Machines{machine("i-1", terminated, "Server.InsufficientInstanceCapacity")}};
    REQUIRE(world.run());
    CHECK(world.ec2.calls.back() == "run m6g.large token 2");
    CHECK(world.ec2.alive == std::set<std::string>{"i-2"});
  }
  SUBCASE("a fault of EC2: the same candidate, twice at most")
  {
    world.ec2.launches = {Machines{machine("i-1", terminated, "Server.InternalError")},
                          Machines{machine("i-2", terminated, "Server.InternalError")},
                          Machines{machine("i-3", terminated, "Server.InternalError")}};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 1);
    CHECK(world.ec2.launched_with.size() == 3);
  }
  SUBCASE("somebody's will: the end")
  {
    world.ec2.launches = {Machines{machine("i-1", pending)}};
    world.ec2.looks = {Machines{},
                       Machines{machine("i-1", terminated, "Client.UserInitiatedShutdown")}};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 1);
  }
  SUBCASE("its own will: the bootstrap failed")
  {
    world.ec2.launches = {Machines{machine("i-1", pending)}};
    world.ec2.looks = {Machines{},
                       Machines{machine("i-1", shutting_down, "Client.InstanceInitiatedShutdown")}};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 9);
  }
  SUBCASE("an ended token: its machine's reason decides")
  {
    world.ec2.launches = {k_lost,
                          api_failure(ErrorClass::idempotency, "IdempotentInstanceTerminated"),
                          Machines{machine("i-2", running)}};
    world.ec2.looks = {Machines{}, Machines{machine("i-1", terminated, "Server.InternalError")}};
    REQUIRE(world.run());
    CHECK(world.ec2.calls.back() == "run m7g.large token 2");
  }
}

TEST_CASE("boot::run tells what each candidate answered")
{
  BootWorld world;
  world.ec2.launches = {k_no_capacity, api_failure(ErrorClass::quota, "VcpuLimitExceeded")};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 6);
  CHECK(result.error().message == "none of 2 candidates could be launched");
  REQUIRE(result.error().also.size() == 2);
  CHECK(result.error().also[0].message
        == "m7g.large in subnet-1: EC2 said InsufficientInstanceCapacity");
  CHECK(result.error().also[1].message == "m6g.large in subnet-1: EC2 said VcpuLimitExceeded");
}

TEST_CASE("boot::run does not try the next candidate for what no candidate can mend")
{
  BootWorld world;
  world.ec2.launches = {api_failure(ErrorClass::parameter, "InvalidAMIID.NotFound")};
  const auto result = world.run();
  REQUIRE(!result);
  CHECK(exit_status(result.error()) == 1);
  CHECK(world.ec2.calls == Calls{"lookup client-token", "run m7g.large token 1"});
}

TEST_CASE("boot::run waits for a machine that EC2 does not show yet")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  world.ec2.looks = {Machines{}, api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound"),
                     Machines{}, Machines{machine("i-1", running)}};
  const auto result = world.run();
  REQUIRE(result);
  CHECK(result->machines.at(0).instance.state == running);
}

TEST_CASE("boot::run hears the last words of a machine whose boot failed")
{
  BootWorld world;
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  const std::string words =
    "flame-ec2 n0nce stage=fetch t=0.50 .\n"
    "flame-ec2 n0nce stage=failed t=0.90 at=fetch rc=22 msg=HTTP 403 AccessDenied .\n";
  SUBCASE("that powered itself off: its reason is the error")
  {
    world.ec2.looks = {Machines{},
                       Machines{machine("i-1", terminated, "Client.InstanceInitiatedShutdown")}};
    world.ec2.consoles = {words};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 9);
    CHECK(result.error().stage == "fetch");
    CHECK(result.error().message
          == "the bootstrap of i-1 failed in stage fetch: HTTP 403 AccessDenied");
    CHECK(world.ec2.calls.back() == "console i-1 latest");
  }
  SUBCASE("that is too slow: before it is ended, and once more after")
  {
    world.plan.boot_timeout = std::chrono::seconds(1);
    world.ec2.consoles = {"", words};
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 8);
    CHECK(result.error().stage == "fetch");
    CHECK(Calls(world.ec2.calls.end() - 3, world.ec2.calls.end())
          == Calls{"console i-1 latest", "terminate i-1", "console i-1 latest"});
  }
  SUBCASE("of a type that cannot say what it says now")
  {
    world.plan.boot_timeout = std::chrono::seconds(1);
    world.ec2.consoles = {api_failure(ErrorClass::unsupported, "UnsupportedOperation"), words};
    REQUIRE(!world.run());
    CHECK(Calls(world.ec2.calls.end() - 4, world.ec2.calls.end())
          == Calls{"console i-1 latest", "console i-1", "terminate i-1", "console i-1"});
  }
  SUBCASE("that the user did not want: it is ended first")
  {
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 2}; };
    world.ec2.consoles = {words};
    REQUIRE(!world.run());
    CHECK(Calls(world.ec2.calls.end() - 2, world.ec2.calls.end())
          == Calls{"terminate i-1", "console i-1 latest"});
  }
  CHECK(world.heard.instance_id == "i-1");
  CHECK(world.heard.console == words);
}

TEST_CASE("boot::run asks for no last words when there is nobody to say them")
{
  BootWorld world;
  SUBCASE("no capacity")
  {
    world.plan.candidates.resize(1);
    world.ec2.launches = {
      Machines{machine("i-1", terminated, "Server.InsufficientInstanceCapacity")}};
  }
  SUBCASE("no machine")
  {
    world.ec2.launches = {api_failure(ErrorClass::parameter, "InvalidAMIID.NotFound")};
  }
  REQUIRE(!world.run());
  CHECK(world.ec2.calls.back() == "run m7g.large token 1");
  CHECK(world.heard.console.empty());
}

TEST_CASE("boot::run keeps a machine for a look when it was told to")
{
  BootWorld world;
  world.plan.keep_on_failure = true;
  world.plan.boot_timeout = std::chrono::seconds(1);
  world.plan.expires_at = parse_iso8601("2026-01-15T09:20:30Z");
  world.ec2.launches = {Machines{machine("i-1", pending)}};
  SUBCASE("after a failure")
  {
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 10);
    CHECK(result.error().kind == ErrorKind::timeout);
    CHECK(result.error().instances == Calls{"i-1"});
    CHECK(result.error().hint
          == "i-1 is kept for a look, as keep_on_failure asks, until 2026-01-15T09:20:30Z");
    CHECK(world.ec2.alive == std::set<std::string>{"i-1"});
  }
  SUBCASE("but not after a signal")
  {
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 2}; };
    const auto result = world.run();
    REQUIRE(!result);
    CHECK(exit_status(result.error()) == 130);
    CHECK(world.ec2.alive.empty());
  }
}
