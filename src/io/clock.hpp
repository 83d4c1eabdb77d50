#pragma once

#include "base/ports.hpp"

namespace flame::io {

class SystemClock : public Clock {
public:
  TimePoint now() const override;
  Seconds wall() const override;
  void sleep(Millis duration, const Cancel& cancel, CancelState known) override;
};

} // namespace flame::io
