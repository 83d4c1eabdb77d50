#pragma once

#include "base/error.hpp"
#include "config/settings.hpp"

#include <string_view>

// The setting `ec2`: parameters of RunInstances that are sent as the user wrote them. Pure.
namespace flame::boot {

// A name that EC2 does not know, a value that is not of its type, and what a setting or flame-ec2
// itself sends.
void check_raw_parameters(Mistakes& mistakes, const config::Settings& settings);

// Whether one begins with `prefix`: "NetworkInterface.".
bool has_raw_parameter(const config::Settings& settings, std::string_view prefix);

} // namespace flame::boot
