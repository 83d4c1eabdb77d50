#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace flame::tests {

// Looks every 20 ms, once more after `limit`.
inline bool becomes_true(const std::function<bool()>& condition, std::chrono::milliseconds limit)
{
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

} // namespace flame::tests
