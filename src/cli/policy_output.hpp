#pragma once

#include "boot/policy.hpp"

#include <cstddef>
#include <string>

namespace flame::cli {

// The policy as IAM takes it, indented.
std::string policy_output(const boot::Policy& policy);

// What IAM counts of it: it leaves white space out.
std::size_t policy_size(std::string_view text);

} // namespace flame::cli
