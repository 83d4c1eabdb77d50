#pragma once

#include "aws/network_api.hpp"
#include "boot/doctor/finding.hpp"

#include <string>
#include <vector>

// Whether the zones that a machine may be launched in have its types. Pure.
namespace flame::boot {

// One finding a type, of the check "type"; `offered` is of all zones of the Region: a type that
// none of them has is a mistake in the settings. What another type makes up for is a doubt.
std::vector<Finding> judge_offers(const std::vector<std::string>& types,
                                  const std::vector<std::string>& zones,
                                  const std::vector<aws::TypeOffering>& offered);

} // namespace flame::boot
