#include "io/clock.hpp"
#include "io/signals.hpp"

#include <doctest/doctest.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

using namespace flame;
using namespace std::chrono_literals;

namespace {

bool readable(int fd)
{
  pollfd wake{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&wake, 1, 0) == 1;
}

} // namespace

TEST_CASE("io::Signals keeps the first signal")
{
  const io::Signals signals;
  CHECK(signals.state().signal == 0);
  CHECK(!signals.state().at_once);
  REQUIRE(signals.wake_fd() >= 0);
  CHECK(!readable(signals.wake_fd()));

  SUBCASE("and wakes who waits")
  {
    ::raise(SIGTERM);
    CHECK(signals.state().signal == SIGTERM);
    CHECK(!signals.state().at_once);
    CHECK(readable(signals.wake_fd()));
  }
  SUBCASE("a second SIGINT asks to leave at once")
  {
    ::raise(SIGINT);
    CHECK(!signals.state().at_once);
    ::raise(SIGINT);
    CHECK(signals.state().signal == SIGINT);
    CHECK(signals.state().at_once);
  }
  SUBCASE("a SIGQUIT is one as well, first or second")
  {
    ::raise(SIGQUIT);
    CHECK(signals.state().signal == SIGQUIT);
    CHECK(!signals.state().at_once);
    ::raise(SIGTERM);
    CHECK(!signals.state().at_once);
    ::raise(SIGQUIT);
    CHECK(signals.state().signal == SIGQUIT);
    CHECK(signals.state().at_once);
  }
  SUBCASE("SIGTERM and SIGHUP after the first change nothing")
  {
    ::raise(SIGINT);
    ::raise(SIGTERM);
    ::raise(SIGHUP);
    CHECK(signals.state().signal == SIGINT);
    CHECK(!signals.state().at_once);
  }
}

TEST_CASE("io::Signals starts anew and gives the signals back")
{
  {
    const io::Signals signals;
    ::raise(SIGHUP);
  }
  struct sigaction action = {};
  ::sigaction(SIGHUP, nullptr, &action);
  CHECK((action.sa_handler == SIG_DFL));
  const io::Signals again;
  CHECK(again.state().signal == 0);
}

TEST_CASE("io::Signals leaves an ignored signal ignored")
{
  ::signal(SIGHUP, SIG_IGN);
  {
    const io::Signals signals;
    ::raise(SIGHUP);
    CHECK(signals.state().signal == 0);
    ::raise(SIGINT);
    CHECK(signals.state().signal == SIGINT);
  }
  struct sigaction action = {};
  ::sigaction(SIGHUP, nullptr, &action);
  CHECK((action.sa_handler == SIG_IGN));
  ::signal(SIGHUP, SIG_DFL);
}

TEST_CASE("io::Signals makes a closed pipe an error of the write")
{
  const io::Signals signals;
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(::write(ends[1], "x", 1) == -1);
  CHECK(errno == EPIPE);
  ::close(ends[1]);
}

TEST_CASE("io::SystemClock sleeps until the time or the signal, whichever is first")
{
  io::SystemClock clock;
  const io::Signals signals;
  const auto slept = [&](Millis duration, CancelState known) {
    const TimePoint start = clock.now();
    clock.sleep(duration, signals, known);
    return clock.now() - start;
  };
  CHECK(slept(60ms, {}) >= 60ms);
  CHECK(slept(-5ms, {}) < 20ms);

  const auto raise_later = [](int number) {
    return std::jthread([number, thread = ::pthread_self()] {
      std::this_thread::sleep_for(30ms);
      ::pthread_kill(thread, number);
    });
  };
  {
    const auto signal = raise_later(SIGINT);
    CHECK(slept(5s, {}) < 1s);
  }
  CHECK(slept(5s, {}) < 20ms); // it has already come
  CHECK(slept(60ms, signals.state()) >= 60ms);
  {
    const auto signal = raise_later(SIGINT);
    CHECK(slept(5s, signals.state()) < 1s);
  }
  CHECK(signals.state().at_once);
}

TEST_CASE("io::SystemClock knows the year")
{
  const io::SystemClock clock;
  CHECK(iso8601(clock.wall()) > "2026-01-01");
}
