#pragma once

#include "base/ports.hpp"

#include <functional>
#include <random>
#include <string>
#include <vector>

// A world that is told what time it is, and when somebody has had enough.
namespace flame::test {

class FakeCancel : public Cancel {
public:
  CancelState now = {};
  CancelState state() const override { return now; }
};

// Sleeping moves time on, and is noted.
class FakeClock : public Clock {
public:
  TimePoint monotonic = TimePoint(std::chrono::hours(1));
  Seconds utc = Seconds(std::chrono::seconds(1'768'464'930)); // 2026-01-15T08:15:30Z
  std::vector<Millis> slept = {};
  std::function<void()> on_sleep = {}; // what happens in the world meanwhile

  TimePoint now() const override { return monotonic; }
  Seconds wall() const override { return utc; }
  void sleep(Millis duration, const Cancel&, CancelState) override
  {
    slept.push_back(duration);
    pass(duration);
    if (on_sleep) {
      on_sleep();
    }
  }
  void pass(Millis duration)
  {
    monotonic += duration;
    parts_of_a_second_ += duration;
    utc += std::chrono::floor<std::chrono::seconds>(parts_of_a_second_);
    parts_of_a_second_ %= std::chrono::seconds(1);
  }

private:
  Millis parts_of_a_second_ = Millis(0);
};

// The same numbers for the same seed.
class FakeRandom : public Random {
public:
  explicit FakeRandom(unsigned seed = 1) : engine_(seed) {}
  std::string bytes(std::size_t count) override
  {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) {
      bytes += static_cast<char>(engine_() & 0xFFU);
    }
    return bytes;
  }
  double fraction() override
  {
    return fixed >= 0 ? fixed : std::uniform_real_distribution<>()(engine_);
  }

  double fixed = -1; // when not negative: every fraction

private:
  std::mt19937 engine_;
};

} // namespace flame::test
