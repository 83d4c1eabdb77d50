#pragma once

#include "aws/ec2_types.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

// When machines of ours should have ended, by their tag flame-ec2:expires-at. Pure.
namespace flame::fleet {

enum class Due {
  later,
  passed,
  never,  // "none"
  unclear // no such tag, or no time in it: somebody has changed it
};

struct Expiry {
  Due due = Due::unclear;
  std::optional<Seconds> at = {};
};

Expiry expiry_of(const aws::Instance& machine, Seconds now);

struct Sorted {
  std::vector<aws::Instance> passed = {};
  std::vector<aws::Instance> unclear = {};
  std::vector<aws::Instance> others = {};
};
Sorted sort_by_expiry(const std::vector<aws::Instance>& machines, Seconds now);

} // namespace flame::fleet
