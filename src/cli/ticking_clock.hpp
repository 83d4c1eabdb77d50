#pragma once

#include "base/ports.hpp"
#include "cli/console.hpp"

namespace flame::cli {

// A clock by which the live line goes on while somebody sleeps. Both outlive it.
class TickingClock : public Clock {
public:
  TickingClock(Clock& clock, Console& console) : clock_(clock), console_(console) {}
  TimePoint now() const override { return clock_.now(); }
  Seconds wall() const override { return clock_.wall(); }
  void sleep(Millis duration, const Cancel& cancel, CancelState known) override;

private:
  Clock& clock_;
  Console& console_;
};

} // namespace flame::cli
