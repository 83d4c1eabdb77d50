#include "io/descriptor.hpp"
#include "io/terminal.hpp"
#include "support/live_cancel.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

using namespace flame;
using namespace std::chrono_literals;

namespace {

struct Pipe {
  Pipe()
  {
    int ends[2] = {};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    out = io::Descriptor(ends[0]);
    in = io::Descriptor(ends[1]);
  }
  io::Descriptor out{};
  io::Descriptor in{};
};

std::string read_all(int fd)
{
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got = 1; got > 0;) {
    got = ::read(fd, buffer.data(), buffer.size());
    text.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  return text;
}

} // namespace

TEST_CASE("io::write_result writes everything, however large")
{
  Pipe pipe;
  const std::string text(1'000'000, 'x');
  std::string seen;
  std::jthread reader([&] { seen = read_all(pipe.out.get()); });
  SUBCASE("to a blocking pipe") {}
  SUBCASE("to a pipe that does not block")
  {
    ::fcntl(pipe.in.get(), F_SETFL, O_NONBLOCK);
  }
  CHECK(io::write_result(pipe.in.get(), text, "standard output"));
  pipe.in.close();
  reader.join();
  CHECK(seen == text);
}

TEST_CASE("io::write_result tells a result that could not be written")
{
  ::signal(SIGPIPE, SIG_IGN);
  SUBCASE("closed pipe")
  {
    Pipe pipe;
    pipe.out.close();
    const auto written = io::write_result(pipe.in.get(), "i-1\n", "standard output");
    REQUIRE(!written);
    CHECK(written.error().kind == ErrorKind::output);
    CHECK(written.error().message == "cannot write to standard output: Broken pipe");
  }
  SUBCASE("full disk")
  {
    const io::Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    const auto written = io::write_result(full.get(), "i-1\n", "standard output");
    REQUIRE(!written);
    CHECK(written.error().message == "cannot write to standard output: No space left on device");
  }
  SUBCASE("closed stream")
  {
    Pipe pipe;
    const int number = pipe.in.get();
    pipe.in.close();
    const auto written = io::write_result(number, "", "standard output");
    REQUIRE(!written);
    CHECK(written.error().message == "cannot write to standard output: Bad file descriptor");
  }
}

TEST_CASE("io::write_result: a reader that does not read is left when the user asks to stop")
{
  Pipe pipe;
  test::LiveCancel cancel;
  const std::jthread signal([&] {
    std::this_thread::sleep_for(50ms);
    cancel.arrive(SIGTERM);
  });
  const auto written =
    io::write_result(pipe.in.get(), std::string(1'000'000, 'x'), "standard output", &cancel);
  REQUIRE(!written);
  CHECK(written.error().kind == ErrorKind::interrupted);
  CHECK(written.error().signal == SIGTERM);
}

TEST_CASE("io::write_result writes what can be written, also for one who leaves at once")
{
  const Pipe pipe;
  test::LiveCancel cancel;
  cancel.arrive(SIGINT);
  cancel.arrive(SIGINT);
  CHECK(io::write_result(pipe.in.get(), "{}", "standard output", &cancel));
}

TEST_CASE("io::terminal_width and io::is_terminal")
{
  winsize size = {.ws_row = 25, .ws_col = 99, .ws_xpixel = 0, .ws_ypixel = 0};
  int master = -1;
  int slave = -1;
  REQUIRE(::openpty(&master, &slave, nullptr, nullptr, &size) == 0);
  const io::Descriptor both[] = {io::Descriptor(master), io::Descriptor(slave)};
  CHECK(io::is_terminal(slave));
  CHECK(io::terminal_width(slave) == 99);
  const Pipe pipe;
  CHECK(!io::is_terminal(pipe.in.get()));
  CHECK(!io::terminal_width(pipe.in.get()));
}

TEST_CASE("io::hold_standard_streams keeps results out of files that are opened later")
{
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(STDIN_FILENO);
    ::close(STDOUT_FILENO);
    io::hold_standard_streams();
    const int next = ::open("/dev/null", O_RDWR);
    const bool refused = !io::write_result(STDOUT_FILENO, "i-1\n", "standard output");
    ::_exit(next > STDERR_FILENO && refused ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("io::HiddenInput turns the terminal's echo off and on again")
{
  int master = -1;
  int slave = -1;
  REQUIRE(::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0);
  const io::Descriptor ours(master);
  const io::Descriptor terminal(slave);
  const auto echoes = [&] {
    termios now = {};
    REQUIRE(::tcgetattr(slave, &now) == 0);
    return (now.c_lflag & ECHO) != 0;
  };
  CHECK(echoes());
  {
    const io::HiddenInput hidden(slave);
    CHECK(!echoes());
  }
  CHECK(echoes());
  const Pipe pipe;
  const io::HiddenInput nothing_to_hide(pipe.out.get());
}
