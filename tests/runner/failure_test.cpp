#include "scenes.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

// Off, and the reason is the last word.
void check_failed(const Outcome& outcome, std::string_view at, int status, std::string_view reason)
{
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  REQUIRE(outcome.last().stage == "failed");
  CHECK(outcome.last().at == at);
  CHECK(outcome.last().exit_status == status);
  CHECK(outcome.last().detail.find(reason) != std::string::npos);
  CHECK(outcome.last().detail.find("http") == std::string::npos); // the URL is a secret
}

} // namespace

TEST_CASE_FIXTURE(RunnerMachines, "a bundle that S3 refuses: S3's own word, at once")
{
  Scene here = scene(least_runner(), "");
  here.status = 403;
  here.failing = 1;
  check_failed(run(here), "fetch", 22, "HTTP 403 AccessDenied Request has expired");
}

TEST_CASE_FIXTURE(RunnerMachines, "a bundle that S3 cannot give yet is asked for again")
{
  Scene here = scene(least_runner(), "exit 3");
  here.status = 503;
  here.failing = 2;
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.stage_names() == k_whole_life);
  CHECK(outcome.last().exit_status == 3);
}

TEST_CASE_FIXTURE(RunnerMachines, "a bundle that S3 never gives")
{
  Scene here = scene(least_runner(), "");
  here.status = 503;
  here.failing = 100;
  check_failed(run(here), "fetch", 22, "HTTP 503");
}

TEST_CASE_FIXTURE(RunnerMachines, "a bundle on its way that is cut short")
{
  Scene here = scene(least_runner(), "");
  here.cut = 10;
  check_failed(run(here), "fetch", 18, "bytes remaining to read");
}

TEST_CASE_FIXTURE(RunnerMachines, "a bundle that cannot be unpacked")
{
  Scene here = scene(least_runner(), "");
  SUBCASE("since its end was never uploaded")
  {
    here.bundle.resize(here.bundle.size() - 10);
    check_failed(run(here), "unpack", 1, "unexpected end of file");
  }
  SUBCASE("since a byte of it is wrong")
  {
    here.bundle[here.bundle.size() - 6] ^= 1; // of the checksum: every byte of the tar is there
    check_failed(run(here), "unpack", 1, "crc error");
  }
  SUBCASE("since it is a page in HTML")
  {
    here.bundle = "<html>log in first</html>";
    check_failed(run(here), "unpack", 1, "not in gzip format");
  }
  SUBCASE("since it is empty")
  {
    here.bundle.clear();
    check_failed(run(here), "unpack", 1, "unexpected end of file");
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "a bundle without a release")
{
  Scene here = scene(least_runner(), "");
  SUBCASE("has no bin/APP")
  {
    here.bundle = tarball({{"bin/other", "#!/bin/sh\n"}});
    check_failed(run(here), "unpack", 1, "the bundle has no bin/hello");
  }
  SUBCASE("has one that nobody may execute")
  {
    here.bundle = tarball({{"bin/hello", "#!/bin/sh\n", 0644}});
    check_failed(run(here), "unpack", 1, "bin/hello of the bundle is not executable");
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "nobody serves the bundle")
{
  flame::boot::Runner runner = least_runner();
  runner.bundle_url = "http://127.0.0.1:1/bucket/hello.tar.gz";
  check_failed(run(scene(runner, "")), "fetch", 7, "connect");
}

TEST_CASE_FIXTURE(RunnerMachines, "a setup command fails: the rest is not run")
{
  flame::boot::Runner runner = least_runner();
  runner.setup_commands = {"true", "exit 3", "echo too far"};
  const Outcome outcome = run(scene(runner, "echo too far"));
  check_failed(outcome, "setup", 3, "setup command 2 failed");
  CHECK(outcome.console.find("too far") == std::string::npos);
}

TEST_CASE_FIXTURE(RunnerMachines, "a release that systemd cannot execute")
{
  Scene here = scene(least_runner(), "");
  here.bundle = tarball({{"bin/hello", "#!/no/such/interpreter\n"}});
  check_failed(run(here), "start", 203, "systemd could not execute the release");
}

TEST_CASE_FIXTURE(RunnerMachines, "a unit so broken that systemd cannot even run the guard")
{
  Scene here = scene(least_runner(), "sleep 100");
  SUBCASE("for its environment")
  {
    here.script = replaced(here.script, "EnvironmentFile=", "EnvironmentFile=/no/such");
  }
  SUBCASE("for its user")
  {
    here.script = replaced(here.script, "Type=exec", "Type=exec\nUser=nobodyknows");
  }
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  CHECK(outcome.last().stage == "failed");
  CHECK(outcome.last().at == "start");
}

TEST_CASE_FIXTURE(RunnerMachines, "a disk on which nothing can be written")
{
  Scene here = scene(least_runner(), "sleep 100");
  here.script = replaced(here.script, "/opt/flame", "/proc/flame");
  const Outcome outcome = run(here);
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  CHECK(outcome.stages.empty()); // the console has what mkdir said
}

TEST_CASE_FIXTURE(RunnerMachines, "an environment that would mislead the guard, which runs with it")
{
  flame::boot::Runner runner = least_runner();
  runner.variables = {{"PATH", "/nowhere"},
                      {"IFS", "e"},
                      {"LD_PRELOAD", "/nowhere.so"},
                      {"LD_LIBRARY_PATH", "/nowhere"},
                      {"ENV", "/nowhere"},
                      {"app", "other"},
                      {"nonce", "other"},
                      {"dir", "/nowhere"},
                      {"began", "x"},
                      {"unit", "other"},
                      {"rc", "0"},
                      {"POSIXLY_CORRECT", "1"}};
  const Outcome outcome = run(scene(runner, "exit 3"));
  CAPTURE(outcome.console);
  CHECK(outcome.off);
  CHECK(outcome.stage_names() == k_whole_life);
  CHECK(outcome.last().exit_status == 3);
}
