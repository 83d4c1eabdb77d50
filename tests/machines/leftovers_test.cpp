#include "machine_fixture.hpp"
#include "traces.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

using namespace flame::tests;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr auto k_soon = 60s;

// This program again, as the owner of a machine; returns once the machine's script runs.
pid_t start_owner(const std::string& state_folder)
{
  std::array<int, 2> ends = {};
  REQUIRE(::pipe(ends.data()) == 0);
  std::string program = "/proc/self/exe";
  std::string option = "--own-a-machine";
  std::string folder = state_folder;
  std::array<char*, 4> arguments = {program.data(), option.data(), folder.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t pid = -1;
  const int failed =
    ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  REQUIRE(failed == 0);
  std::array<char, 3> said = {};
  REQUIRE(::read(ends[0], said.data(), said.size()) == 3);
  ::close(ends[0]);
  return pid;
}

void kill_and_wait(pid_t pid)
{
  ::kill(pid, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFSIGNALED(status));
}

} // namespace

TEST_CASE("a host leaves nothing behind, whatever its machines were doing")
{
  HostFixture machines;
  machines.start("i-off", "#!/bin/sh\npoweroff\n");
  machines.start("i-on", "#!/bin/sh\necho script runs; sleep 1000\n");
  REQUIRE(machines.off_within("i-off", k_soon));
  REQUIRE(machines.says_within("i-on", "script runs", k_soon));
  machines.start("i-booting", "");

  const Traces traces = traces_of(::getpid(), machines.folder + "/state");
  CHECK(traces.processes.size() > 5);
  CHECK(traces.namespaces.size() >= 10);
  CHECK(traces.tokens.size() == 1);
  machines.host.reset();
  CHECK(traces_left(traces, Kinds::all) == "");
}

TEST_CASE("a killed sandbox leaves no process, mount or namespace, and the next one the rest")
{
  HostFixture alive; // its files are not taken for leftovers
  alive.start("i-alive", "#!/bin/sh\necho script runs; sleep 1000\n");
  REQUIRE(alive.says_within("i-alive", "script runs", k_soon));
  const std::string state = alive.folder + "/killed";
  const pid_t owner = start_owner(state);
  const Traces traces = traces_of(owner, state);
  CHECK(traces.processes.size() > 5);
  CHECK(traces.namespaces.size() >= 5);
  CHECK(traces.tokens.size() == 1);

  kill_and_wait(owner);
  CHECK(traces_left(traces, Kinds::no_files) == "");
  CHECK(fs::exists(state));

  flame::sandbox::make_nspawn_host(alive.folder + "/next").reset();
  CHECK(traces_left(traces, Kinds::all) == "");
  CHECK(!alive.is_off("i-alive"));
  CHECK(fs::exists(alive.folder + "/state"));
}

TEST_CASE("a state folder that was there before stays, with what is in it")
{
  HostFixture machines;
  const std::string folder = machines.folder + "/mine";
  fs::create_directory(folder);
  std::ofstream(folder + "/file") << "mine";
  flame::sandbox::make_nspawn_host(folder).reset();
  CHECK(fs::exists(folder + "/file"));
}

TEST_CASE("a state folder that cannot be made is an error of the first start")
{
  const auto host = flame::sandbox::make_nspawn_host("/proc/no-such-folder");
  const auto started = host->start({.id = "i-1"});
  REQUIRE(!started);
  CHECK(started.error().message.starts_with("cannot make the folder /proc/no-such-folder/"));
}
