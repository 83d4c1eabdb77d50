#pragma once

#include "aws/ec2_errors.hpp"
#include "boot/candidates.hpp"

#include <string>
#include <string_view>

// What EC2's refusal of one candidate says of the others. Pure.
namespace flame::boot {

// What a candidate answered when at least one machine was asked of it.
struct Answered {
  Candidate candidate = {};
  aws::ErrorClass error_class = aws::ErrorClass::unknown;
  std::string code = {}; // EC2's; "": it gave fewer than it was asked for
};

// Whether EC2 would answer `other` in the same way, so that it need not be asked.
bool is_ruled_out(const Candidate& other, const Answered& answered);

// Types that share one vCPU quota: "Standard", "G and VT", …; those without one have their family.
// Source: EC2 User Guide, "On-Demand Instance quotas" and "Spot Instance quotas".
std::string quota_of(std::string_view instance_type);

// What helps the one who asked for it, where that is told by the candidate; "" where the hint of
// the error says all.
std::string hint_for(const Candidate& candidate, aws::ErrorClass error_class,
                     std::string_view code);

} // namespace flame::boot
