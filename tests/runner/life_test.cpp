#include "table.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(RunnerMachines, "the script does its work in every shell")
{
  flame::boot::Runner runner = full_runner();
  runner.app = least_runner().app;
  runner.nonce = least_runner().nonce;
  runner.fetch.url = least_runner().fetch.url;
  runner.start_command = "echo \"I am $(id -un) at $INSTANCE_IP in $PWD, home is $HOME\"\n"
                         "[ \"$GREETING\" = 'it'\\''s \"s3cret\" & $HOME\n' ] && exit 3";
  for (const Outcome& outcome : run_all(in_every_shell(scene(runner, "echo never")))) {
    CAPTURE(outcome.console);
    CHECK(outcome.off);
    CHECK(outcome.stage_names() == Names{"boot", "fetch", "unpack", "setup", "start", "stopped"});
    CHECK(outcome.console.find("I am flame at 10.1.2.3 in /opt/flame/hello/release, home is "
                               "/opt/flame/hello/release")
          != std::string::npos);
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "the release is found at the top of the bundle or in a folder")
{
  std::vector<Row> rows;
  for (const std::string folder : {"", "./", "release/", "hello-1.0/"}) {
    Scene here = scene(least_runner(), "");
    here.bundle = tarball({{folder + "bin/hello", "#!/bin/sh\ncat lib/word\nexit 4"},
                           {folder + "lib/word", "found it\n", 0644}});
    rows.push_back(
      {.name = folder, .scene = here, .stage = "stopped", .status = 4, .says = "found it"});
  }
  check_table(*this, rows);
}

TEST_CASE_FIXTURE(RunnerMachines, "a command of the user's needs no bin/APP")
{
  flame::boot::Runner runner = least_runner();
  runner.start_command = "exit $(cat lib/status)";
  std::vector<Row> rows;
  for (const std::string folder : {"", "release/", "my app/"}) {
    Scene here = scene(runner, "");
    here.bundle = tarball({{folder + "lib/status", "9", 0644}, {folder + "VERSION", "1", 0644}});
    rows.push_back(
      {.name = folder, .scene = here, .stage = "stopped", .status = 9, .stages = k_whole_life});
  }
  check_table(*this, rows);
}

TEST_CASE_FIXTURE(RunnerMachines, "the power button gives the release time to end")
{
  flame::boot::Runner runner = least_runner();
  SUBCASE("by SIGTERM to its process")
  {
    const auto id = start(scene(runner, "trap 'echo had time; exit 5' TERM\necho up\n"
                                        "while :; do sleep 0.1; done"));
    REQUIRE(says_within(id, "]: up", 60s));
    press_power_button(id);
    const Outcome outcome = wait(id);
    CAPTURE(outcome.console);
    CHECK(outcome.off);
    CHECK(outcome.last().stage == "stopped");
    CHECK(outcome.last().exit_status == 5);
    CHECK(outcome.console.find("had time") != std::string::npos);
  }
  SUBCASE("by SIGTERM to a command and the shell around it")
  {
    runner.start_command = "bin/hello; echo not here";
    const auto id = start(scene(runner, "trap 'sleep 1; echo had time; exit 5' TERM\necho up\n"
                                        "while :; do sleep 0.1; done"));
    REQUIRE(says_within(id, "]: up", 60s));
    press_power_button(id);
    const Outcome outcome = wait(id);
    CAPTURE(outcome.console);
    CHECK(outcome.last().exit_status == 143);
    CHECK(outcome.console.find("had time") != std::string::npos);
  }
  SUBCASE("by the stop command")
  {
    runner.stop_command = "echo stop it; touch /tmp/stop; sleep 2";
    const auto id = start(scene(runner, "sleep 1; echo up\n"
                                        "until [ -e /tmp/stop ]; do sleep 0.1; done; exit 6"));
    REQUIRE(says_within(id, "]: up", 60s));
    press_power_button(id);
    const Outcome outcome = wait(id);
    CAPTURE(outcome.console);
    CHECK(outcome.last().exit_status == 6);
    CHECK(outcome.console.find("stop it") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "the stop command is not for a release that ended by itself")
{
  flame::boot::Runner runner = least_runner();
  runner.stop_command = "echo stop it";
  const Outcome outcome = run(scene(runner, "sleep 1; exit 0"));
  CAPTURE(outcome.console);
  CHECK(outcome.last().exit_status == 0);
  CHECK(outcome.console.find("stop it") == std::string::npos);
}

TEST_CASE_FIXTURE(RunnerMachines, "an unprivileged release reads neither its secrets nor the nonce")
{
  flame::boot::Runner runner = least_runner();
  runner.run_as = "someone";
  runner.variables = {{"TOKEN", "s3cret"}};
  const Outcome outcome = run(
    scene(runner, "for f in /run/flame-hello/env /opt/flame/hello/guard /var/log/flame-ec2.log; "
                  "do cat $f && exit 1; done\n"
                  "touch here || exit 2\n[ \"$TOKEN\" = s3cret ] && exit 8"));
  CAPTURE(outcome.console);
  CHECK(outcome.last().exit_status == 8);
}

TEST_CASE_FIXTURE(RunnerMachines, "without the metadata service the address is that of the route")
{
  flame::boot::Runner runner = least_runner();
  runner.variables = {{"NODE", "a@", true}};
  Scene here = scene(runner, "echo \"I am $NODE\"");
  here.script = replaced(here.script, "//169.254.169.254", "//127.0.0.1:1");
  // In the sandbox's machines the service's address is a local one.
  here.script = replaced(here.script, "get 169.254.169.254", "get 10.1.2.3");
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.last().exit_status == 0);
  CHECK(outcome.console.find("I am a@10.1.2.3") != std::string::npos);
}

TEST_CASE_FIXTURE(RunnerMachines, "systemd has nothing to say about the units")
{
  flame::boot::Runner runner = least_runner();
  runner.run_as = "someone";
  runner.stop_command = "true";
  runner.max_lifetime = 1h;
  const Outcome outcome =
    run(scene(runner, "said=$(systemd-analyze verify --man=no "
                      "/run/systemd/system/flame-hello.service "
                      "/etc/systemd/system/flame-hello-rebooted.service 2>&1) && [ -z \"$said\" ] "
                      "&& exit 11\necho \"$said\""));
  CAPTURE(outcome.console);
  CHECK(outcome.last().exit_status == 11);
}
