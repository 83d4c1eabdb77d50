#pragma once

#include "aws/ec2_errors.hpp"

#include <optional>

// When a call is tried again: the "standard" mode of AWS's SDKs as of November 2026. Pure.
//
// Source: AWS SDKs and Tools Reference Guide, "Retry behavior".
namespace flame::client {

inline constexpr int k_most_tries = 3; // the first included

// Whether the same request may succeed a moment later.
bool is_retryable(aws::ErrorClass error_class);

// Full jitter: `fraction` [0, 1) of what doubles with each retry (0 is the first), from 50 ms, or
// 1 s when throttled, to 20 s. The server's own wish counts up to 5 s more than that.
Millis retry_pause(aws::ErrorClass error_class, int retry, double fraction,
                   std::optional<Millis> wish);

// Keeps a client whose calls fail from adding to the load. All calls of a client share one.
class RetryBudget {
public:
  // False when there is not enough left: do not retry.
  bool take(aws::ErrorClass error_class);
  // After a success: gives back what its last retry took, or one when it needed none.
  void give_back(std::optional<aws::ErrorClass> last_retry);
  int left() const { return left_; }

private:
  int left_ = 500;
};

} // namespace flame::client
