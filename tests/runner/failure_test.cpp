#include "table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

Scene refused(int status, int times)
{
  Scene here = scene(least_runner(), "exit 3");
  here.status = status;
  here.failing = times;
  return here;
}

Scene with_bundle(std::string bundle)
{
  Scene here = scene(least_runner(), "");
  here.bundle = std::move(bundle);
  return here;
}

// So that it is as long as many blocks of gzip, of which each is whole.
std::string large_bundle(std::size_t size)
{
  std::mt19937 random(1);
  std::string noise(size, '\0');
  std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random()); });
  return tarball({{"bin/hello", "#!/bin/sh\n"}, {"noise", noise}});
}

Scene with_setup(std::vector<std::string> commands)
{
  flame::boot::Runner runner = least_runner();
  runner.setup_commands = std::move(commands);
  return scene(runner, "echo too far");
}

Scene with_unit(std::string_view from, std::string_view to)
{
  Scene here = scene(least_runner(), "sleep 100");
  here.script = replaced(here.script, from, to);
  return here;
}

// The first bytes of a program for the architecture that this computer has not.
std::string foreign_program()
{
  std::string bytes("\x7F"
                    "ELF\x02\x01\x01",
                    7);
  bytes.resize(18, '\0');
#ifdef __x86_64__
  bytes += '\xB7';
#else
  bytes += '\x3E';
#endif
  return bytes + std::string(100, '\0');
}

} // namespace

TEST_SUITE_BEGIN("table");

TEST_CASE_FIXTURE(RunnerMachines, "a bundle that does not come ends the machine")
{
  Scene cut = scene(least_runner(), "");
  cut.cut = 10;
  flame::boot::Runner nobody = least_runner();
  nobody.fetch.url = "http://127.0.0.1:1/bucket/hello.tar.gz";
  flame::boot::Runner nowhere = least_runner();
  nowhere.fetch.url = "http://bucket.s3.eu-west-1.amazonaws.com/hello.tar.gz";
  check_table(*this,
              {
                {.name = "403",
                 .scene = refused(403, 9),
                 .at = "fetch",
                 .status = 22,
                 .reason = "HTTP 403 AccessDenied Request has expired"},
                {.name = "404",
                 .scene = refused(404, 9),
                 .at = "fetch",
                 .status = 22,
                 .reason = "HTTP 404 NoSuchKey The specified key does not exist."},
                {.name = "503 twice", .scene = refused(503, 2), .stage = "stopped", .status = 3},
                {.name = "503 for ever",
                 .scene = refused(503, 100),
                 .at = "fetch",
                 .status = 22,
                 .reason = "HTTP 503"},
                {.name = "cut", .scene = cut, .at = "fetch"}, // for ever
                {.name = "nobody serves it",
                 .scene = scene(nobody, ""),
                 .at = "fetch",
                 .status = 7,
                 .reason = "connect"},
                {.name = "no network",
                 .scene = scene(nowhere, ""),
                 .at = "fetch",
                 .status = 6,
                 .reason = "Could not resolve host"},
              });
}

TEST_CASE_FIXTURE(RunnerMachines, "a bundle that is broken ends the machine")
{
  std::vector<Row> rows;
  const std::string whole = large_bundle(200'000);
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    rows.push_back({.name = fmt::format("{}0 % of it", tenth),
                    .scene = with_bundle(whole.substr(0, whole.size() * tenth / 10)),
                    .at = "unpack",
                    .status = 1,
                    .reason = "unexpected end of file"});
  }
  const auto bad = [&rows](std::string name, std::string bundle, std::string_view reason) {
    rows.push_back({.name = std::move(name),
                    .scene = with_bundle(std::move(bundle)),
                    .at = "unpack",
                    .status = 1,
                    .reason = reason});
  };
  std::string wrong = tarball({{"bin/hello", "#!/bin/sh\n"}});
  wrong[wrong.size() - 6] ^= 1; // of the checksum: every byte of the tar is there
  bad("a byte is wrong", wrong, "crc error");
  bad("HTML", "<html>log in first</html>", "not in gzip format");
  bad("no start command", tarball({{"bin/other", "#!/bin/sh\n"}}), "the bundle has no bin/hello");
  bad("not executable", tarball({{"bin/hello", "#!/bin/sh\n", 0644}}),
      "bin/hello of the bundle is not executable");
  bad("a program of another architecture", tarball({{"bin/hello", foreign_program()}}),
      "bin/hello of the bundle is not for ");
  bad("an Erlang of another architecture",
      tarball({{"bin/hello", "#!/bin/sh\n"}, {"erts-13.1.5/bin/beam.smp", foreign_program()}}),
      "erts-13.1.5/bin/beam.smp of the bundle is not for ");
  check_table(*this, rows);
}

TEST_CASE_FIXTURE(RunnerMachines, "keep_on_failure leaves what never started to its lifetime alone")
{
  flame::boot::Runner runner = least_runner();
  runner.keep_on_failure = true;
  runner.max_lifetime = 25s;
  Scene missing = scene(runner, "");
  missing.status = 404;
  missing.failing = 9;
  Scene broken = scene(runner, "sleep 100");
  broken.script =
    replaced(broken.script, "WorkingDirectory=$dir/release", "WorkingDirectory=/none");
  Scene late = scene(runner, "");
  late.script = replaced(late.script, "timeout='900'", "timeout='3'");
  late.hangs = true;
  const std::string id = start(missing);
  CHECK(says_within(id, "stage=failed", 60s));
  CHECK(!wait(id, 6s).off);
  check_table(
    *this, {{.name = "no bundle", .scene = missing, .at = "fetch", .status = 22},
            {.name = "no folder", .scene = broken, .at = "start"},
            {.name = "too late", .scene = late, .at = "bootstrap"},
            {.name = "an end", .scene = scene(runner, "exit 1"), .stage = "stopped", .status = 1}});
  CHECK(wait(id).off);
}

TEST_CASE_FIXTURE(RunnerMachines, "a disk that is full ends the machine")
{
  const Scene small = with_bundle(large_bundle(1'000'000));
  flame::boot::Runner sized = least_runner();
  sized.fetch.size = 1'000'000;
  const Scene known = scene(sized, "");
  check_table(*this, {
                       {.name = "for the bundle",
                        .scene = after("mount -t tmpfs -o size=500k none /opt", known),
                        .at = "fetch",
                        .status = 1,
                        .reason = "the bundle has 1000000 bytes, and the disk has room for"},
                       {.name = "for what is in it",
                        .scene = after("mount -t tmpfs -o size=500k none /opt", small),
                        .at = "unpack",
                        .status = 1,
                        .reason = "tar: noise: "},
                       {.name = "for a bomb",
                        .scene = after("mount -t tmpfs -o size=20M none /opt",
                                       with_bundle(tarball({{"bin/hello", "#!/bin/sh\n"},
                                                            {"zeros", std::string(64 << 20, 0)}}))),
                        .at = "unpack",
                        .status = 1,
                        .reason = "tar: zeros: "},
                       {.name = "for anything",
                        .scene = after("mount -t tmpfs -o size=4k,nr_inodes=2 none /opt", small),
                        .at = "boot",
                        .status = 1,
                        .reason = "cannot write to /opt/flame/hello",
                        .says = "No space left on device"},
                       {.name = "read-only",
                        .scene = after("mount -t tmpfs -o ro none /opt", small),
                        .at = "boot",
                        .status = 1,
                        .reason = "cannot write to /opt/flame/hello",
                        .says = "Read-only file system"},
                     });
}

TEST_CASE_FIXTURE(RunnerMachines, "a setup command that fails ends the machine")
{
  check_table(*this, {{.name = "the second of three",
                       .scene = with_setup({"true", "exit 3", "echo too far"}),
                       .at = "setup",
                       .status = 3,
                       .reason = "setup command 2 failed with status 3",
                       .never = "too far"},
                      {.name = "one that ends the script",
                       .scene = with_setup({"kill -TERM $PPID; sleep 1"}),
                       .at = "setup",
                       .status = 143,
                       .reason = "the script ended early",
                       .never = "too far"}});
}

TEST_CASE_FIXTURE(RunnerMachines, "a unit that systemd cannot run ends the machine")
{
  const auto broken = [](std::string name, std::string_view from, std::string_view to) {
    return Row{.name = std::move(name),
               .scene = with_unit(from, to),
               .at = "start",
               .reason = "systemd could not execute the release: "};
  };
  Scene no_interpreter = scene(least_runner(), "");
  no_interpreter.bundle = tarball({{"bin/hello", "#!/no/such/interpreter\n"}});
  flame::boot::Runner no_command = least_runner();
  no_command.start_command = "no-such-command";
  Row slow = broken("a guard that is slow", "EnvironmentFile=", "EnvironmentFile=/no/such");
  slow.scene.script = replaced(slow.scene.script, "\nended)\n", "\nended)\nsleep 3\n");
  check_table(*this,
              {
                slow,
                broken("environment file", "EnvironmentFile=", "EnvironmentFile=/no/such"),
                broken("working directory", "WorkingDirectory=", "WorkingDirectory=/no/such"),
                broken("user", "Type=simple", "Type=simple\nUser=nobodyknows"),
                {.name = "command line",
                 .scene = with_unit("ExecStart=", "ExecStart=not/absolute/"),
                 .at = "start",
                 .reason = "bad unit file setting"},
                {.name = "no interpreter",
                 .scene = no_interpreter,
                 .at = "start",
                 .status = 203,
                 .reason = "systemd could not execute the release"},
                {.name = "no such command",
                 .scene = scene(no_command, ""),
                 .stage = "stopped",
                 .status = 127,
                 .says = "no-such-command"},
              });
}

TEST_CASE_FIXTURE(RunnerMachines, "the end of the release ends the machine")
{
  const auto ends = [](std::string commands, int status) {
    return Row{.name = commands,
               .scene = scene(least_runner(), commands),
               .stage = "stopped",
               .status = status,
               .stages = k_whole_life};
  };
  check_table(*this, {ends("exit 0", 0), ends("exit 1", 1), ends("sleep 1; exit 255", 255),
                      ends("kill -KILL $$", 137), ends("sleep 1; kill -SEGV $$", 139),
                      ends("sleep 1; systemctl kill -s KILL flame-hello; sleep 100", 137)});
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
                      {"run", "/nowhere"},
                      {"off", "true"},
                      {"began", "x"},
                      {"t", "x"},
                      {"t0", "x"},
                      {"unit", "other"},
                      {"rc", "0"},
                      {"clean", "yes"},
                      {"POSIXLY_CORRECT", "1"},
                      {"SYSTEMD_OFFLINE", "1"},
                      {"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere"}};
  check_table(*this, {{.name = "all of it",
                       .scene = scene(runner, "exit 3"),
                       .stage = "stopped",
                       .status = 3,
                       .stages = k_whole_life}});
}

TEST_SUITE_END();
