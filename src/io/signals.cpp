#include "io/signals.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace flame::io {
namespace {

constexpr int k_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// What the handler may touch: lock-free, so that it is safe inside a signal.
std::atomic<int> g_first = 0;
std::atomic<bool> g_at_once = false;
std::atomic<int> g_wake_fd = -1;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int number)
{
  const int saved = errno;
  int none = 0;
  const bool is_typed = number == SIGINT || number == SIGQUIT; // by a person, at a terminal
  if (!g_first.compare_exchange_strong(none, number) && is_typed) {
    g_at_once = true;
  }
  const std::uint64_t one = 1;
  // The counter cannot be full, and nothing could be done about it here.
  [[maybe_unused]] const auto written = ::write(g_wake_fd, &one, sizeof(one));
  errno = saved;
}

void handle(int number)
{
  struct sigaction action = {};
  if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
    return;
  }
  action = {};
  action.sa_handler = on_signal;
  // No SA_RESTART: a blocked read or write must notice.
  ::sigaction(number, &action, nullptr);
}

void restore(int number)
{
  struct sigaction action = {};
  if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == on_signal) {
    action = {};
    action.sa_handler = SIG_DFL;
    ::sigaction(number, &action, nullptr);
  }
}

} // namespace

Signals::Signals() : wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{
  g_first = 0;
  g_at_once = false;
  g_wake_fd = wake_fd_;
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
  for (const int number : k_signals) {
    handle(number);
  }
}

Signals::~Signals()
{
  for (const int number : k_signals) {
    restore(number);
  }
  g_wake_fd = -1;
  if (wake_fd_ >= 0) {
    ::close(wake_fd_);
  }
}

CancelState Signals::state() const
{
  return {.signal = g_first, .at_once = g_at_once};
}

int Signals::wake_fd() const
{
  return wake_fd_;
}

} // namespace flame::io
