#include "scenes.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

flame::boot::Runner quick_runner()
{
  flame::boot::Runner runner = least_runner();
  runner.bootstrap_timeout = 4s;
  return runner;
}

} // namespace

TEST_CASE_FIXTURE(RunnerMachines, "the bootstrap timer ends a machine")
{
  Scene here = scene(quick_runner(), "sleep 100");
  SUBCASE("whose bundle never comes")
  {
    here.hangs = true;
  }
  SUBCASE("whose script was killed")
  {
    flame::boot::Runner runner = quick_runner();
    runner.setup_commands = {"kill -KILL $PPID; sleep 100"};
    here.script = flame::boot::render_user_data(runner);
  }
  SUBCASE("whose systemd gives no timers")
  {
    here.hangs = true;
    here.script = replaced(here.script, "timeout 20 systemd-run", "timeout 20 no-such-program");
  }
  SUBCASE("whose guard cannot be read")
  {
    flame::boot::Runner runner = quick_runner();
    runner.setup_commands = {"rm /opt/flame/hello/guard; kill -KILL $PPID; sleep 100"};
    here.script = flame::boot::render_user_data(runner);
  }
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  if (outcome.last().stage == "failed") { // a guard that is gone cannot write
    CHECK(outcome.last().at == "bootstrap");
    CHECK(outcome.last().detail == "not started within 4 s");
  } else {
    CHECK(here.script.find(flame::boot::render_user_data(quick_runner())) == std::string::npos);
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "the bootstrap timer leaves a release alone that has started")
{
  Scene here = scene(quick_runner(), "sleep 6; exit 3");
  SUBCASE("of systemd") {}
  SUBCASE("of a sleeping process")
  {
    here.script = replaced(here.script, "timeout 20 systemd-run", "timeout 20 no-such-program");
  }
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.stage_names() == k_whole_life);
  CHECK(outcome.last().exit_status == 3);
}

TEST_CASE_FIXTURE(RunnerMachines, "the lifetime ends a release, which has time to end itself")
{
  flame::boot::Runner runner = least_runner();
  runner.max_lifetime = 3s;
  const Outcome outcome = run(scene(runner, "trap 'exit 5' TERM\nwhile :; do sleep 0.1; done"));
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  CHECK(outcome.stage_names() == Names{"boot", "fetch", "unpack", "start", "failed", "stopped"});
  REQUIRE(outcome.stages.size() == 6);
  CHECK(outcome.stages[4].at == "lifetime");
  CHECK(outcome.last().exit_status == 5);
}

TEST_CASE_FIXTURE(RunnerMachines, "systemd's own limit ends a release whose lifetime has no timer")
{
  flame::boot::Runner runner = least_runner();
  runner.max_lifetime = 1s;
  Scene here = scene(runner, "sleep 100");
  here.script = replaced(here.script, "|| timer lifetime", "|| : timer lifetime");
  here.script = replaced(here.script, "lifetime + 30", "lifetime + 1");
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  CHECK(outcome.stage_names() == k_whole_life);
  CHECK(outcome.last().detail == "timeout");
}

TEST_CASE_FIXTURE(RunnerMachines, "a script that is asked to end ends its machine")
{
  flame::boot::Runner runner = least_runner();
  runner.setup_commands = {"kill -TERM $PPID; sleep 1"};
  const Outcome outcome = run(scene(runner, "sleep 100"));
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  REQUIRE(outcome.last().stage == "failed");
  CHECK(outcome.last().at == "setup");
  CHECK(outcome.last().exit_status == 143);
}

// A container has no second boot. What is left of the first one then is the disk and the unit; /run
// is empty, and systemd starts what multi-user.target wants.
TEST_CASE_FIXTURE(RunnerMachines, "a machine that was rebooted powers off")
{
  flame::boot::Runner runner = least_runner();
  runner.setup_commands = {
    "[ \"$(readlink -f /etc/systemd/system/multi-user.target.wants/flame-hello-rebooted.service)\" "
    "= "
    "/etc/systemd/system/flame-hello-rebooted.service ]",
    "systemctl daemon-reload; systemctl start flame-hello-rebooted; echo not in this boot",
  };
  SUBCASE("is one that lost /run")
  {
    runner.setup_commands.push_back(
      "rm /run/flame-hello; systemctl start --no-block flame-hello-rebooted; sleep 100");
    const Outcome outcome = run(scene(runner, "sleep 100"));
    CAPTURE(outcome.console);
    CHECK(outcome.console.find("not in this boot") != std::string::npos);
    CHECK(outcome.off);
    CHECK(outcome.last().stage == "failed");
    CHECK(outcome.last().at == "reboot");
  }
  SUBCASE("is not one that was made from its image")
  {
    runner.setup_commands.push_back("rm /run/flame-hello; echo other >/opt/flame/hello/machine; "
                                    "systemctl start flame-hello-rebooted");
    const Outcome outcome = run(scene(runner, "exit 2"));
    CAPTURE(outcome.console);
    CHECK(outcome.last().exit_status == 2);
  }
}
