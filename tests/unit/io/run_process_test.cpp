#include "io/process.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

namespace {

Result<io::Finished> shell(std::string script, io::Command command = {})
{
  command.arguments = {"sh", "-c", std::move(script)};
  return io::run_process(command);
}

bool lives(const std::string& pid_file)
{
  std::ifstream file(pid_file);
  pid_t pid = 0;
  file >> pid;
  REQUIRE(pid > 1);
  for (int i = 0; i < 100; ++i) { // what was killed is gone a moment later
    std::ifstream state("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(state, text);
    if (text.empty() || text.find(") Z ") != std::string::npos) {
      return false;
    }
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

} // namespace

TEST_CASE("io::run_process gives the status and what was written")
{
  const auto finished = shell("printf out; printf 'err\\n' >&2; exit 3");
  REQUIRE(finished);
  CHECK(finished->status == 3);
  CHECK(finished->output == "out");
  CHECK(finished->errors == "err\n");
  CHECK(shell("kill -KILL $$")->status == 128 + 9);
  CHECK(shell("exec >&- 2>&-; exit 0")->status == 0);
}

TEST_CASE("io::run_process uses no shell, and an empty standard input")
{
  const auto finished = io::run_process({.arguments = {"printf", "%s|", "$HOME", "*", "a b", ""}});
  REQUIRE(finished);
  CHECK(finished->output == "$HOME|*|a b||");
  if (::isatty(STDIN_FILENO) == 0) {
    CHECK(io::run_process({.arguments = {"cat"}})->output.empty());
  }
}

TEST_CASE("io::run_process leaves no file of ours open, and no signal blocked")
{
  // Its own listing opens one more.
  CHECK(shell("ls /proc/self/fd | tr '\\n' ' '")->output == "0 1 2 3 ");
  CHECK(shell("kill -PIPE $$; echo alive")->status == 128 + 13);
}

TEST_CASE("io::run_process: what cannot be started is named")
{
  const auto found = io::run_process({.arguments = {"/no/such/program", "--secret=hunter2"}});
  REQUIRE(!found);
  CHECK(found.error().kind == ErrorKind::config);
  CHECK(found.error().message == "cannot run \"/no/such/program\": No such file or directory");
}

TEST_CASE("io::run_process ends what takes too long, with all that it has started")
{
  TempFolder folder;
  const std::string pid = folder.path("pid");
  const auto found = shell(
    "trap '' TERM; sleep 1000 & echo $! >" + pid + "; while :; do wait; done", {.limit = 300ms});
  REQUIRE(!found);
  CHECK(found.error().kind == ErrorKind::config);
  CHECK(found.error().message == "\"sh\" did not end in 300ms");
  CHECK(!lives(pid));
}

TEST_CASE("io::run_process ends what writes without end")
{
  for (const char* script : {"yes", "yes >&2"}) {
    const auto found = shell(script, {.output_limit = 10'000});
    REQUIRE(!found);
    CHECK(found.error().message == "\"sh\" wrote more than 10000 bytes");
  }
  CHECK(shell("head -c 10000 /dev/zero", {.output_limit = 10'000})->output.size() == 10'000);
  CHECK(!shell("head -c 10001 /dev/zero", {.output_limit = 10'000}));
}

TEST_CASE("io::run_process does not wait for what a program leaves behind")
{
  TempFolder folder;
  const auto finished = shell("sleep 30 & echo $! >" + folder.path("pid") + "; echo done");
  REQUIRE(finished);
  CHECK(finished->output == "done\n");
  std::ifstream file(folder.path("pid"));
  pid_t pid = 0;
  file >> pid;
  CHECK(::kill(pid, SIGKILL) == 0); // it lived on
}

TEST_CASE("io::run_process stops when the user does, after the grace")
{
  FakeCancel cancel;
  cancel.now.signal = 2;
  const auto found = shell("sleep 1000", {.cancel = &cancel});
  REQUIRE(!found);
  CHECK(found.error().kind == ErrorKind::interrupted);
  CHECK(found.error().signal == 2);
  CHECK(shell("echo x", {.cancel = &cancel, .cancel_grace = 1min})->output == "x\n");
  cancel.now.at_once = true;
  CHECK(!shell("sleep 1000", {.cancel = &cancel, .cancel_grace = 1min}));
}
