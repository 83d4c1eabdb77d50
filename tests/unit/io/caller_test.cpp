#include "io/caller.hpp"
#include "io/clock.hpp"
#include "io/descriptor.hpp"
#include "support/live_cancel.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

using namespace flame;
using namespace std::chrono_literals;

namespace {

// Our standard input and the caller's end of it.
struct Pipe {
  Pipe()
  {
    std::array<int, 2> ends = {};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    ours = io::Descriptor(ends[0]);
    theirs = io::Descriptor(ends[1]);
    caller = io::attach(ours.get(), signals);
  }
  void say(std::string_view text) const
  {
    REQUIRE(::write(theirs.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  Result<std::string> line(Millis within = 20s) const
  {
    return caller->first_line(std::chrono::steady_clock::now() + within);
  }

  io::Descriptor ours{};
  io::Descriptor theirs{};
  test::LiveCancel signals = {};
  std::unique_ptr<io::Caller> caller = {};
};

bool readable(int fd)
{
  pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, 0) == 1;
}

} // namespace

TEST_CASE("io::Caller gives the first line, however it comes")
{
  Pipe pipe;
  SUBCASE("at once")
  {
    pipe.say("{}\n");
  }
  SUBCASE("with what follows")
  {
    pipe.say("{}\nup\n");
  }
  SUBCASE("byte by byte")
  {
    std::thread dribble([&] {
      for (const char c : std::string("{}\n")) {
        std::this_thread::sleep_for(20ms);
        pipe.say({&c, 1});
      }
    });
    CHECK(pipe.line() == "{}");
    dribble.join();
  }
  CHECK(pipe.line() == "{}");
}

TEST_CASE("io::Caller says why there is no first line")
{
  Pipe pipe;
  SUBCASE("closed at once")
  {
    pipe.theirs.close();
    const auto line = pipe.line();
    REQUIRE(!line);
    CHECK(line.error().kind == ErrorKind::config);
    CHECK(line.error().message == "standard input has ended before the line of settings");
  }
  SUBCASE("closed within the line")
  {
    pipe.say("{\"app\":");
    pipe.theirs.close();
    CHECK(pipe.line().error().message == "standard input has ended before the line of settings");
  }
  SUBCASE("too late")
  {
    pipe.say("{");
    CHECK(pipe.line(50ms).error().message == "standard input gave no line of settings in time");
  }
  SUBCASE("too long")
  {
    std::thread writer([&] {
      const std::string much(65536, ' ');
      while (::write(pipe.theirs.get(), much.data(), much.size()) > 0) {
      }
    });
    CHECK(pipe.line().error().message
          == "standard input has more than 1048576 bytes in its first line");
    ::signal(SIGPIPE, SIG_IGN);
    pipe.ours.close();
    writer.join();
  }
  SUBCASE("a signal")
  {
    pipe.signals.arrive(SIGTERM);
    const auto line = pipe.line();
    REQUIRE(!line);
    CHECK(line.error().kind == ErrorKind::interrupted);
    CHECK(line.error().signal == SIGTERM);
  }
}

TEST_CASE("io::Caller is satisfied once it has said up, and its leaving means nothing then")
{
  Pipe pipe;
  SUBCASE("in a line of its own")
  {
    pipe.say("{}\nwhat\nup");
    REQUIRE(pipe.line() == "{}");
    CHECK(!pipe.caller->state().satisfied);
    pipe.say("\r\n");
  }
  SUBCASE("early")
  {
    pipe.say("{}\nup\n");
  }
  SUBCASE("behind a line without end")
  {
    pipe.say("{}\n" + std::string(60'000, 'u') + "\nup\n");
  }
  REQUIRE(pipe.line() == "{}");
  CHECK(pipe.caller->state().satisfied);
  pipe.theirs.close();
  CHECK(pipe.caller->state() == CancelState{});
  CHECK(!readable(pipe.caller->wake_fd()));
}

TEST_CASE("io::Caller that leaves before it is satisfied has hung up")
{
  Pipe pipe;
  pipe.say("{}\nup");
  REQUIRE(pipe.line() == "{}");
  CHECK(pipe.caller->state() == CancelState{.satisfied = false});
  SUBCASE("and nothing else")
  {
    pipe.theirs.close();
    CHECK(readable(pipe.caller->wake_fd()));
    CHECK(pipe.caller->state() == CancelState{.signal = SIGHUP, .left = true, .satisfied = false});
    SUBCASE("a SIGTERM after it changes nothing")
    {
      pipe.signals.arrive(SIGTERM);
      CHECK(pipe.caller->state().signal == SIGHUP);
      CHECK(!pipe.caller->state().at_once);
    }
    SUBCASE("a SIGINT after it is the second wish to leave")
    {
      pipe.signals.arrive(SIGINT);
      CHECK(pipe.caller->state().signal == SIGHUP);
      CHECK(pipe.caller->state().at_once);
    }
  }
  SUBCASE("but a signal that came first is kept")
  {
    pipe.signals.arrive(SIGTERM);
    CHECK(pipe.caller->state().signal == SIGTERM);
    pipe.theirs.close();
    CHECK(pipe.caller->state() == CancelState{.signal = SIGTERM, .satisfied = false});
  }
}

TEST_CASE("io::Caller wakes a sleeper")
{
  Pipe pipe;
  pipe.say("{}\n");
  REQUIRE(pipe.line() == "{}");
  std::thread later([&] {
    std::this_thread::sleep_for(50ms);
    pipe.say("up\n");
  });
  io::SystemClock clock;
  const TimePoint start = clock.now();
  clock.sleep(60s, *pipe.caller, pipe.caller->state());
  CHECK(clock.now() - start < 50s);
  later.join();
}

TEST_CASE("io::Caller reads a file to its end")
{
  test::LiveCancel signals;
  const io::Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto caller = io::attach(nothing.get(), signals);
  CHECK(!caller->first_line(std::chrono::steady_clock::now() + 20s));
  CHECK(caller->state().left);
}
