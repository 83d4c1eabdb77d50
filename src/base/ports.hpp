#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <chrono>
#include <string>

// The world, as the deciding rooms see it. Real ones are in io/, recorded ones in tests/support.
namespace flame {

using TimePoint = std::chrono::steady_clock::time_point;

// What the user has asked for since the start. Each value changes once at most while the process
// lives.
struct CancelState {
  int signal = 0;        // first of SIGINT, SIGTERM, SIGHUP, SIGQUIT; 0: none
  bool at_once = false;  // SIGINT or SIGQUIT came again: leave now
  bool left = false;     // what came first was the end of an attached caller's input; `signal` is
                         // SIGHUP then
  bool satisfied = true; // false while an attached caller has not said `up`
  bool operator==(const CancelState&) const = default;
};

class Cancel {
public:
  Cancel() = default;
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;
  virtual ~Cancel() = default;
  virtual CancelState state() const = 0;
  // A descriptor that polls as readable once anything has changed, or -1.
  virtual int wake_fd() const { return -1; }
};

class Clock {
public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0; // monotonic
  virtual Seconds wall() const = 0;  // for signatures and tags; may be wrong by the machine's skew
  // Sleeps at most `duration`; returns early when `cancel` differs from `known`.
  virtual void sleep(Millis duration, const Cancel& cancel, CancelState known) = 0;
};

class Random {
public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;
  virtual std::string bytes(std::size_t count) = 0; // fit for secrets
  virtual double fraction() = 0;                    // [0, 1), for jitter
};

} // namespace flame
