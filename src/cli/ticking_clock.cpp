#include "cli/ticking_clock.hpp"

#include <algorithm>

namespace flame::cli {

void TickingClock::sleep(Millis duration, const Cancel& cancel, CancelState known)
{
  constexpr Millis k_tick = std::chrono::seconds(1);
  const TimePoint end = now() + duration;
  for (Millis left = duration; left > Millis(0) && cancel.state() == known;
       left = std::chrono::ceil<Millis>(end - now())) {
    clock_.sleep(std::min(left, k_tick), cancel, known);
    console_.tick();
  }
}

} // namespace flame::cli
