#pragma once

#include "base/ports.hpp"

#include <atomic>

namespace flame::test {

// A cancel that the test sets; from any thread.
class LiveCancel : public Cancel {
public:
  void arrive(int number)
  {
    int none = 0;
    if (!signal_.compare_exchange_strong(none, number)) {
      at_once_ = true;
    }
  }
  CancelState state() const override { return {.signal = signal_, .at_once = at_once_}; }

private:
  std::atomic<int> signal_ = 0;
  std::atomic<bool> at_once_ = false;
};

} // namespace flame::test
