#pragma once

#include "base/ports.hpp"

#include <string>

namespace flame::io {

class SystemClock : public Clock {
public:
  TimePoint now() const override;
  Seconds wall() const override;
  void sleep(Millis duration, const Cancel& cancel, CancelState known) override;
};

std::string local_time(Seconds time); // by TZ: "2026-01-15 08:15"

} // namespace flame::io
