#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

// How much EC2 takes of one account in one Region. Over a bucket it answers RequestLimitExceeded.
// The figures are those of every account; AWS raises them on request. Pure.
//
// Source: EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
namespace flame::aws {

// Full at first; what is taken comes back at the rate.
struct Bucket {
  double capacity = 0; // tokens
  double refill = 0;   // tokens a second
  bool operator==(const Bucket&) const = default;
};

struct ActionLimits {
  Bucket requests = {};                 // one token a request
  std::optional<Bucket> instances = {}; // one token an instance, of actions that count these
};

ActionLimits limits_of(std::string_view action);

// What is to be sent of one action.
struct CallCount {
  std::string_view action = {};
  std::size_t requests = 0;
  std::size_t instances = 0; // in all of these together
};

// The least time until EC2 has taken all of them, from full buckets and with nobody else at work.
// Zero: all can be sent at once.
Millis least_time(std::span<const CallCount> calls);

} // namespace flame::aws
