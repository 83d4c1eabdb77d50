#include "table.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("table");

TEST_CASE_FIXTURE(RunnerMachines,
                  "ready is what the user's command says, as the release's own user")
{
  flame::boot::Runner runner = least_runner();
  runner.run_as = "someone";
  runner.variables = {{"GREETING", "a 'b' $c"}};
  runner.ready_command =
    "[ \"$GREETING\" = \"a 'b' \\$c\" ] && [ \"$(id -un)\" = someone ] && [ -e bin/up ]";
  flame::boot::Runner never = runner;
  never.ready_command = "echo not yet; echo 'no  answer' >&2; exit 7";
  never.bootstrap_timeout = 25s;
  flame::boot::Runner hangs = never;
  hangs.ready_command = "trap '' TERM; echo waiting; while :; do sleep 1; done";
  check_table(*this, {{.name = "in time",
                       .scene = scene(runner, "sleep 4; touch bin/up; sleep 12; exit 3"),
                       .stage = "stopped",
                       .status = 3,
                       .stages = k_ready_life},
                      {.name = "never",
                       .scene = scene(never, "trap 'exit 5' TERM; while :; do sleep 0.1; done"),
                       .stage = "stopped",
                       .says = "at=ready rc=1 msg=not ready within 25 s, the ready command failed "
                               "with status 7: no answer",
                       .stages = {"boot", "fetch", "unpack", "start", "failed", "stopped"}},
                      {.name = "hangs, and does not end when told to",
                       .scene = scene(hangs, "trap 'exit 5' TERM; while :; do sleep 0.1; done"),
                       .stage = "stopped",
                       .says = "not ready within 25 s, the ready command still ran after ",
                       .stages = {"boot", "fetch", "unpack", "start", "failed", "stopped"}},
                      {.name = "ended before",
                       .scene = scene(never, "sleep 1; exit 4"),
                       .stage = "stopped",
                       .status = 4,
                       .stages = k_whole_life}});
}

TEST_CASE_FIXTURE(RunnerMachines, "the release is kept from the metadata service on demand")
{
  flame::boot::Runner runner = least_runner();
  runner.deny_metadata = true;
  check_table(*this, {{.name = "denied",
                       .scene = scene(runner, "systemctl show -p IPAddressDeny flame-hello | "
                                              "grep -q 169.254.169.254 && exit 9"),
                       .stage = "stopped",
                       .status = 9}});
}

TEST_SUITE_END();
