#include "client/retry.hpp"

#include <algorithm>
#include <cmath>

namespace flame::client {
namespace {

using aws::ErrorClass;

constexpr int k_full = 500;
constexpr Millis k_longest = std::chrono::seconds(20);
constexpr Millis k_most_patience = std::chrono::seconds(5);

int cost(ErrorClass error_class)
{
  return error_class == ErrorClass::throttle ? 5 : 14;
}

} // namespace

bool is_retryable(ErrorClass error_class)
{
  return error_class == ErrorClass::throttle || error_class == ErrorClass::transient
         || error_class == ErrorClass::endpoint;
}

Millis retry_pause(ErrorClass error_class, int retry, double fraction, std::optional<Millis> wish)
{
  const double base = error_class == ErrorClass::throttle ? 1000 : 50;
  const double ceiling =
    std::min(base * std::pow(2.0, std::min(retry, 30)), static_cast<double>(k_longest.count()));
  const Millis own(static_cast<Millis::rep>(fraction * ceiling));
  return wish ? std::max(own, std::min(*wish, own + k_most_patience)) : own;
}

bool RetryBudget::take(ErrorClass error_class)
{
  if (left_ < cost(error_class)) {
    return false;
  }
  left_ -= cost(error_class);
  return true;
}

void RetryBudget::give_back(std::optional<ErrorClass> last_retry)
{
  left_ = std::min(k_full, left_ + (last_retry ? cost(*last_retry) : 1));
}

} // namespace flame::client
