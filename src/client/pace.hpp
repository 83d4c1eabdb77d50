#pragma once

#include "base/ports.hpp"

namespace flame::client {

// Keeps our own launches below what EC2 takes: five at once and two a second, half of that after
// each throttle, down to one in eight seconds, and double again after a minute without. Other
// processes share the account's limit, so this is courtesy and no guarantee. Pure.
//
// Source: EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
class Pace {
public:
  // How long the next request has to wait; it counts as sent after that.
  Millis next(TimePoint now);
  void throttled(TimePoint now);

private:
  void refill(TimePoint now);

  double tokens_ = 5;
  double rate_ = 2; // tokens a second
  TimePoint filled_ = TimePoint::min();
  TimePoint calm_since_ = TimePoint::min();
};

} // namespace flame::client
