#pragma once

#include "aws/ec2_limits.hpp"
#include "base/ports.hpp"

#include <map>
#include <optional>
#include <string_view>

// Keeps our own calls below what EC2 takes. Others share the account's limits, so this is courtesy
// and no guarantee: a throttle teaches it that there is less. Pure.
namespace flame::client {

// One bucket of EC2 as it looks from here: that of the guide at first, half as fast after each
// throttle, down to a sixteenth, and double again after each minute without.
class Pace {
public:
  explicit Pace(aws::Bucket bucket);

  // How long until there are so many tokens; takes nothing.
  Millis wait(TimePoint now, double tokens);
  // Takes them, also those that are not there yet: they count as promised.
  void take(TimePoint now, double tokens);
  void give_back(double tokens);
  // They were refused, and given back. How many are missing nobody says: all are taken to be there
  // within `guess` seconds.
  void throttled(TimePoint now, double tokens, double guess);

private:
  void refill(TimePoint now);

  aws::Bucket full_;
  double tokens_;
  double rate_; // tokens a second
  std::optional<TimePoint> filled_ = {};
  TimePoint calm_since_ = {};
};

// The buckets of one action, of which each call takes a request and maybe instances.
class ActionPace {
public:
  explicit ActionPace(const aws::ActionLimits& limits);

  Millis wait(TimePoint now, std::size_t instances);
  void take(TimePoint now, std::size_t instances);
  // That were not launched, or not ended.
  void give_back(std::size_t instances);
  // What was taken for the call has been given back. `message` is EC2's, which tells a rate of
  // resources from one of requests.
  void throttled(TimePoint now, std::size_t instances, std::string_view message);

private:
  Pace requests_;
  std::optional<Pace> instances_ = {};
};

// Of all actions; one for each client, which is one for an account and Region in a process.
class Paces {
public:
  // `action` must outlive this. Stays where it is.
  ActionPace& of(std::string_view action);

private:
  std::map<std::string_view, ActionPace> paces_ = {};
};

} // namespace flame::client
