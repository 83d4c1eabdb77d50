#pragma once

#include "boot/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// The calls that a boot makes, told beforehand. Pure.
namespace flame::boot {

struct PlannedCall {
  std::string service = {}; // "ec2", "s3", "ssm", "secretsmanager"
  std::string action = {};  // "RunInstances"
  // How often when all goes well: with the first candidate that is asked for, and nothing repeated.
  // nullopt: as often as it takes.
  std::optional<std::size_t> count = {};
  std::string what = {};    // for people, what it is about
  std::size_t machines = 0; // launched by it
  std::size_t least = 0;    // calls of one without a count
};

// In the order in which they are first made. `plan` is looked up, and its user data is as
// with_placeholders() has it.
std::vector<PlannedCall> calls_of(const Plan& plan, const config::Settings& settings,
                                  const Facts& facts);

// The least time that EC2's limits leave until it has taken them, and so many launches that it has
// refused before.
Millis least_time(const std::vector<PlannedCall>& calls, std::size_t refused);

} // namespace flame::boot
