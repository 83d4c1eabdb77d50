#include "table.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

// With time for nothing but a start.
Scene hurried(std::vector<std::string> setup_commands = {})
{
  flame::boot::Runner runner = least_runner();
  runner.bootstrap_timeout = 4s;
  runner.setup_commands = std::move(setup_commands);
  return scene(runner, "sleep 100");
}

Scene hurried_and_hanging()
{
  Scene here = hurried();
  here.hangs = true;
  return here;
}

Scene living(std::chrono::seconds lifetime, const std::string& commands)
{
  flame::boot::Runner runner = least_runner();
  runner.max_lifetime = lifetime;
  return scene(runner, commands);
}

Scene edited(Scene scene, std::string_view from, std::string_view to)
{
  scene.script = replaced(scene.script, from, to);
  return scene;
}

// The forced power off, sooner.
Scene impatient(Scene scene)
{
  return edited(edited(edited(std::move(scene), "sleep 120", "sleep 3"), "sleep 30", "sleep 1"),
                "timeout 20", "timeout 2");
}

// Orders of a machine that does as it likes.
const std::string k_no_timers = "mount --bind /dev/null /usr/bin/systemd-run";
// A unit that takes its time to stop, and more than that.
const std::string k_hang_at_the_end =
  "mkdir -p /run/systemd/system\n"
  "printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\n"
  "ExecStop=/bin/sleep 1000\\nTimeoutStopSec=1000\\n' >/run/systemd/system/stuck.service\n"
  "systemctl start stuck";
// PID 1 answers nobody. The kernel's own power off is not for a container to try, so that a file
// stands for it, and who reads from that ends the machine.
const std::string k_silent_init = "cp /usr/bin/systemctl /run/real\n"
                                  "mkfifo /run/sysrq\n"
                                  "{ read -r order </run/sysrq; echo \"the kernel got: $order\" "
                                  ">/dev/console; /run/real poweroff -ff; } &\n"
                                  "printf '#!/bin/sh\\nsleep 1000\\n' >/run/silent\n"
                                  "chmod 755 /run/silent\n"
                                  "mount --bind /run/silent /usr/bin/systemctl\n"
                                  "mount --bind /run/silent /usr/bin/systemd-run";

} // namespace

TEST_SUITE_BEGIN("table");

TEST_CASE_FIXTURE(RunnerMachines, "the bootstrap timer ends a machine that does not come so far")
{
  const auto late = [](std::string name, Scene scene, std::string_view reason) {
    return Row{.name = std::move(name), .scene = scene, .at = "bootstrap", .reason = reason};
  };
  check_table(*this,
              {
                late("the bundle never comes", hurried_and_hanging(),
                     "not started within 4 s (the last stage is fetch)"),
                late("the script is killed", hurried({"kill -KILL $PPID; sleep 100"}),
                     "not started within 4 s (the last stage is setup)"),
                late("the script hangs", hurried({"sleep 100"}),
                     "not started within 4 s (the last stage is setup)"),
                late("systemd-run is missing", after(k_no_timers, hurried_and_hanging()),
                     "not started within 4 s"),
                {.name = "PID 1 is silent",
                 .scene = after(k_silent_init, edited(impatient(hurried_and_hanging()),
                                                      "/proc/sysrq-trigger", "/run/sysrq")),
                 .at = "bootstrap",
                 .reason = "not started within 4 s",
                 .says = "the kernel got: o"},
                {.name = "the guard is gone",
                 .scene = hurried({"rm /opt/flame/hello/guard; kill -KILL $PPID; sleep 100"}),
                 .stage = "setup"}, // nobody is left who could say so
              });
}

TEST_CASE_FIXTURE(RunnerMachines, "the bootstrap timer leaves a release alone that has started")
{
  flame::boot::Runner runner = least_runner();
  runner.bootstrap_timeout = 20s;
  const Scene here = scene(runner, "sleep 27; exit 3");
  check_table(*this, {{.name = "PID 1's timer",
                       .scene = here,
                       .stage = "stopped",
                       .status = 3,
                       .stages = k_ready_life},
                      {.name = "the process",
                       .scene = after(k_no_timers, here),
                       .stage = "stopped",
                       .status = 3,
                       .stages = k_ready_life}});
}

TEST_CASE_FIXTURE(RunnerMachines, "the lifetime ends a release, which has time to end itself")
{
  const std::string orderly = "trap 'exit 5' TERM\nwhile :; do sleep 0.1; done";
  const Names stages = {"boot", "fetch", "unpack", "start", "ready", "failed", "stopped"};
  const auto lived = [&](std::string name, Scene scene) {
    return Row{.name = std::move(name),
               .scene = std::move(scene),
               .stage = "stopped",
               .status = 5,
               .says = "stage=failed t=",
               .stages = stages};
  };
  check_table(
    *this,
    {
      lived("by PID 1's timer", living(12s, orderly)),
      lived("by the process", after(k_no_timers, living(12s, orderly))),
      {.name = "by RuntimeMaxSec, when neither is there",
       .scene = edited(edited(living(1s, "sleep 100"), "|| timer lifetime", "|| : timer lifetime"),
                       "lifetime + 30", "lifetime + 1"),
       .stage = "stopped",
       .reason = "timeout"},
    });
}

TEST_CASE_FIXTURE(RunnerMachines, "a power off that hangs is forced")
{
  const std::string end = "sleep 1; exit 6";
  const auto forced = [](std::string name, Scene scene) {
    return Row{.name = std::move(name),
               .scene = std::move(scene),
               .stage = "stopped",
               .status = 6,
               .stages = k_whole_life};
  };
  const Scene hanging = impatient(after(k_hang_at_the_end, scene(least_runner(), end)));
  check_table(*this,
              {
                forced("by a unit of systemd", hanging),
                forced("by a process", after(k_no_timers, hanging)),
                forced("at once when PID 1 refuses",
                       edited(scene(least_runner(), end), "systemctl poweroff ||", "false ||")),
                forced("by the kernel when PID 1 does nothing",
                       impatient(edited(scene(least_runner(), end), "systemctl poweroff ||",
                                        "true systemctl poweroff ||"))),
              });
}

TEST_CASE_FIXTURE(RunnerMachines, "a machine that is rebooted powers off")
{
  const auto rebooted = [](std::string name, Scene scene) {
    return Row{.name = std::move(name),
               .scene = std::move(scene),
               .at = "reboot",
               .reason = "the machine was rebooted"};
  };
  flame::boot::Runner setting_up = least_runner();
  setting_up.setup_commands = {"systemctl reboot -ff"};
  check_table(*this,
              {
                rebooted("in the script", scene(setting_up, "exit 0")),
                rebooted("in mid-life", scene(least_runner(), "sleep 1; systemctl reboot -ff")),
                {.name = "in order",
                 .scene = scene(least_runner(), "trap 'exit 9' TERM; sleep 1; systemctl reboot; "
                                                "while :; do sleep 0.1; done"),
                 .stage = "", // the power off, or a reboot and then the power off
                 .says = "rc=9"},
              });
}

TEST_CASE_FIXTURE(RunnerMachines, "a machine that was made from the image of one lives")
{
  flame::boot::Runner runner = least_runner();
  runner.setup_commands = {
    "echo other >/opt/flame/hello/machine",
    "mv /run/flame-hello /run/aside; systemctl start flame-hello-rebooted; "
    "mv /run/aside /run/flame-hello",
  };
  check_table(*this,
              {{.name = "it", .scene = scene(runner, "exit 2"), .stage = "stopped", .status = 2}});
}

// FLAME's runner: 20 s without its parent, and it ends with status 0 as after its work.
TEST_CASE_FIXTURE(RunnerMachines, "a FLAME runner that found no parent is told from one that did")
{
  const auto runs = [](std::string name, std::string parent, std::string commands, Names stages) {
    flame::boot::Runner runner = least_runner();
    if (!parent.empty()) {
      runner.variables = {{"FLAME_PARENT", std::move(parent)}};
    }
    return Row{.name = std::move(name),
               .scene = scene(runner, commands),
               .stage = "stopped",
               .stages = std::move(stages)};
  };
  const Names whole = k_ready_life;
  Row lost = runs("found none", "g3QAAAA", "sleep 20.2",
                  {"boot", "fetch", "unpack", "start", "ready", "failed", "stopped"});
  lost.status = 0;
  lost.says = "at=parent rc=0 msg=ended after 20 s, as a FLAME runner that cannot reach";
  check_table(*this, {lost, runs("did its work", "g3QAAAA", "sleep 18", whole),
                      runs("worked long", "g3QAAAA", "sleep 27", whole),
                      runs("failed", "g3QAAAA", "sleep 20.2; exit 1", whole),
                      runs("is no runner", "", "sleep 20.2", whole)});
}

TEST_SUITE_END();
