#pragma once

#include <span>
#include <string_view>

// The names of EC2's request parameters, as data: what may be sent at all. Made at compile time.
namespace flame::aws {

enum class ParameterType { text, boolean, integer, decimal, timestamp, blob };

struct ParameterName {
  std::string_view wire;  // "NetworkInterface.N.SecurityGroupId.N"
  std::string_view model; // "NetworkInterfaces.N.Groups.N"; "" when it is the same
  ParameterType type;
};

struct ActionNames {
  std::string_view action;                   // "RunInstances"
  std::span<const ParameterName> parameters; // ordered by wire name
};

std::span<const ActionNames> action_names(); // ordered by action

} // namespace flame::aws
