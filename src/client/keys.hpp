#pragma once

#include "aws/ec2_errors.hpp"
#include "client/exchange.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

// What requests are signed with: the credentials, and the time.
namespace flame::client {

class Keys {
public:
  // `clock` must outlive it. `find_credentials` is asked on first use, when they are about to
  // expire, and by renew(). `warn` is told when the clock had to be corrected; it may be empty.
  Keys(const Clock& clock, std::function<Result<aws::Credentials>()> find_credentials,
       std::function<void(std::string_view)> warn = {});

  Result<aws::Credentials> credentials();
  Seconds time() const { return clock_.wall() + used_offset_; } // as AWS sees it
  // AWS's clock less ours, by the last Date that learn() was given; zero before any.
  std::chrono::seconds offset() const { return seen_offset_.value_or(std::chrono::seconds(0)); }

  std::optional<Seconds>
  server_time() const; // as AWS sees it, by the last Date; nullopt before any

  // To be called with answers of AWS only: a proxy may have another idea of the time.
  void learn(const Exchange& exchanged);
  // Tells a wrong clock from wrong or expired keys, which share their codes.
  void refine(aws::ApiError& error) const;
  // Whether something was put right that makes another try worth it at once.
  bool repair(const aws::ApiError& error);
  // New credentials, or a corrected clock, by the class of the error.
  Result<void> renew(aws::ErrorClass reason);

private:
  bool clock_is_wrong() const;
  void correct_clock();

  const Clock& clock_;
  std::function<Result<aws::Credentials>()> find_credentials_;
  std::function<void(std::string_view)> warn_;
  std::optional<aws::Credentials> credentials_ = {};
  TimePoint refresh_not_before_ = TimePoint::min();
  std::optional<std::chrono::seconds> seen_offset_ = {};
  std::chrono::seconds used_offset_ = std::chrono::seconds(0); // what signatures add to our clock
};

} // namespace flame::client
