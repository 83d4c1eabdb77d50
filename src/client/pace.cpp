#include "client/pace.hpp"

#include <algorithm>

namespace flame::client {
namespace {

using Fraction = std::chrono::duration<double>;

constexpr double k_most = 5;
constexpr double k_fastest = 2;
constexpr double k_slowest = 1.0 / 8;
constexpr std::chrono::minutes k_calm(1);

} // namespace

Millis Pace::next(TimePoint now)
{
  refill(now);
  tokens_ -= 1; // below zero: promised to those who wait
  return tokens_ >= 0 ? Millis(0) : std::chrono::ceil<Millis>(Fraction(-tokens_ / rate_));
}

void Pace::throttled(TimePoint now)
{
  refill(now);
  tokens_ = std::min(tokens_, 0.0);
  rate_ = std::max(rate_ / 2, k_slowest);
  calm_since_ = now;
}

void Pace::refill(TimePoint now)
{
  if (filled_ == TimePoint::min()) {
    filled_ = calm_since_ = now;
  }
  while (rate_ < k_fastest && now - calm_since_ >= k_calm) {
    rate_ = std::min(rate_ * 2, k_fastest);
    calm_since_ += k_calm;
  }
  tokens_ = std::min(k_most, tokens_ + Fraction(now - filled_).count() * rate_);
  filled_ = now;
}

} // namespace flame::client
