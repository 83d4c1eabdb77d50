#pragma once

#include "aws/ec2_query.hpp"
#include "boot/plan.hpp"

#include <string>
#include <string_view>

// RunInstances' parameters. Pure; only what the user set is sent, since each value that is sent
// overrides a launch template's.
namespace flame::boot {

// The parameters that every launch of the plan shares: image or template, root volume, metadata
// options, tags, and what the user sends raw. Those of the network are in network.hpp.
aws::Params common_parameters(const config::Settings& settings, const Facts& facts,
                              const Plan& plan);

// One launch: `user_data` is raw, and `client_token` at most 64 ASCII letters.
aws::Params launch_parameters(const Plan& plan, const Candidate& candidate,
                              std::string_view user_data, std::string_view client_token);

} // namespace flame::boot
