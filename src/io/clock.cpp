#include "io/clock.hpp"

#include <fmt/format.h>

#include <poll.h>

#include <algorithm>
#include <ctime>

namespace flame::io {

TimePoint SystemClock::now() const
{
  return std::chrono::steady_clock::now();
}

Seconds SystemClock::wall() const
{
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void SystemClock::sleep(Millis duration, const Cancel& cancel, CancelState known)
{
  const TimePoint end = now() + duration;
  while (cancel.state() == known) {
    const auto left = std::chrono::ceil<Millis>(end - now());
    if (left <= Millis(0)) {
      return;
    }
    // The descriptor stays readable after a first signal, so it only wakes us for the first; for
    // the second a short slice is soon enough.
    pollfd wake{.fd = known.signal == 0 ? cancel.wake_fd() : -1, .events = POLLIN, .revents = 0};
    const Millis slice = wake.fd < 0 ? std::min(left, Millis(50)) : left;
    ::poll(&wake, 1, static_cast<int>(std::min<Millis::rep>(slice.count(), 60'000)));
  }
}

std::string local_time(Seconds time)
{
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts = {};
  ::localtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min);
}

} // namespace flame::io
