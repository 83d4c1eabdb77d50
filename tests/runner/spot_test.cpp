#include "base/time.hpp"
#include "table.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

const std::string k_up = "sleep 5\ncurl -s -d '' http://127.0.0.1:4566/report/up\n";
const std::string k_goes_on = "while :; do sleep 0.1; done";
const std::string k_orderly = "trap 'echo had time; exit 5' TERM\n";
const Names k_taken = {"boot", "fetch", "unpack", "start", "ready", "interrupted", "stopped"};

flame::boot::Runner watched(const std::string& command = {})
{
  flame::boot::Runner runner = least_runner();
  runner.deny_metadata = true; // the release; who watches is another unit
  runner.on_interruption = command;
  return runner;
}

// Of a spot machine that EC2 takes back `notice` after it was told so.
Scene taken(std::chrono::seconds notice, const flame::boot::Runner& runner,
            const std::string& commands)
{
  Scene here = scene(runner, commands);
  here.is_spot = true;
  here.notice = notice;
  return here;
}

} // namespace

TEST_SUITE_BEGIN("spot");

TEST_CASE_FIXTURE(RunnerMachines, "EC2's notice stops the release in order, in every shell")
{
  flame::boot::Runner runner = watched(
    "curl -s -d \"$FLAME_EC2_INTERRUPTION\" http://127.0.0.1:4566/report/until; echo drain");
  runner.stop_command = "echo stop it";
  for (const Outcome& outcome :
       run_all(in_every_shell(taken(60s, runner, k_orderly + k_up + k_goes_on)))) {
    CAPTURE(outcome.console);
    CHECK(outcome.off);
    CHECK(outcome.stage_names() == k_taken);
    CHECK(outcome.last().exit_status == 5);
    CHECK(outcome.console.find("had time") != std::string::npos);
    const auto* const notice = flame::fleet::interruption_in(outcome.stages);
    REQUIRE(notice != nullptr);
    CHECK(flame::parse_iso8601(notice->at).has_value());
    REQUIRE(outcome.reports.contains("until"));
    CHECK(outcome.reports.at("until") == notice->at);
    const auto drain = outcome.console.find("]: drain");
    CHECK(drain != std::string::npos);
    CHECK(drain < outcome.console.find("]: stop it"));
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "what EC2 says to a spot machine is done as was asked")
{
  flame::boot::Runner drained =
    watched("echo \"drain until $FLAME_EC2_INTERRUPTION as $(id -un) in $PWD with $KEY\"");
  drained.run_as = "someone";
  drained.variables = {{"KEY", "its value"}};
  drained.stop_command = "echo stop it";

  flame::boot::Runner stuck = watched("echo drain; sleep 1000");
  const std::string stubborn = "trap '' TERM\n" + k_up + k_goes_on;

  Scene ordinary = taken(60s, watched("echo drain"), k_up + "sleep 12; exit 3");
  ordinary.is_spot = false;

  Scene hinted = taken(0s, watched("echo drain"), k_up + "sleep 12; exit 4");
  hinted.hinted = true;

  Scene early = taken(60s, watched("echo drain"), "echo never");
  early.hangs = true;
  early.told_early = true;

  check_table(*this,
              {{.name = "a command runs before the stop, as the release does",
                .scene = taken(60s, drained, k_orderly + k_up + k_goes_on),
                .stage = "stopped",
                .status = 5,
                .says = "as someone in /opt/flame/hello/release with its value",
                .stages = k_taken},
               {.name = "neither command nor release end in time",
                .scene = taken(24s, stuck, stubborn),
                .stage = "stopped",
                .status = 137,
                .says = "drain",
                .stages = k_taken},
               {.name = "an ordinary machine does not ask",
                .scene = ordinary,
                .stage = "stopped",
                .status = 3,
                .never = "drain",
                .stages = k_ready_life},
               {.name = "the hint is only told",
                .scene = hinted,
                .stage = "stopped",
                .status = 4,
                .never = "drain",
                .stages = {"boot", "fetch", "unpack", "start", "ready", "rebalance", "stopped"}},
               {.name = "before the release has started, the machine ends for that reason",
                .scene = early,
                .stage = "interrupted",
                .never = "stage=failed"}});
}
