#pragma once

#include "base/ports.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

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

// Has a world's clock tick as long as this lives, where there is a live line. Both outlive it.
class Ticking {
public:
  Ticking(World& world, Console& console)
    : world_(world), clock_(*world.clock), ticking_(clock_, console)
  {
    world_.clock = console.is_live() ? &ticking_ : &clock_;
  }
  Ticking(const Ticking&) = delete;
  Ticking& operator=(const Ticking&) = delete;
  ~Ticking() { world_.clock = &clock_; }

private:
  World& world_;
  Clock& clock_;
  TickingClock ticking_;
};

} // namespace flame::cli
