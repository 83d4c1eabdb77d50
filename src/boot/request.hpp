#pragma once

#include "aws/ec2_query.hpp"
#include "boot/plan.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// RunInstances' parameters. Pure; only what the user set is sent, since each value that is sent
// overrides a launch template's.
namespace flame::boot {

// The parameters that every launch of the plan shares: image or template, root volume, metadata
// options, tags, and what the user sends raw. Those of the network are in network.hpp.
aws::Params common_parameters(const config::Settings& settings, const Facts& facts,
                              const Plan& plan);

// Of a spot machine beside what each of them has; without the prefix that they share.
aws::Params spot_options_of(const config::Settings& settings, const Facts& facts);

// The machines of one launch.
struct Group {
  std::size_t least = 1; // else EC2 is to launch none
  std::size_t most = 1;  // EC2 gives what it has room for
  std::size_t first = 0; // of the places among all machines of the boot, which the group takes on
};

// EC2 advises groups of hundreds, and lets about five launches pass at once, then two a second; so
// that the most machines that are asked for, 1000, come without a pause.
// Source: API reference, RunInstances; EC2 Developer Guide, "Request throttling".
inline constexpr std::size_t k_group_limit = 250;

// What is asked of a candidate when none of the machines is there yet.
Group first_group(const Plan& plan);

// One launch: `user_data` is raw, and `client_token` at most 64 ASCII letters.
aws::Params launch_parameters(const Plan& plan, const Candidate& candidate, const Group& group,
                              std::string_view user_data, std::string_view client_token);
// The first of the boot.
aws::Params launch_parameters(const Plan& plan, const Candidate& candidate,
                              std::string_view user_data, std::string_view client_token);

} // namespace flame::boot
