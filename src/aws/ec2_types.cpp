#include "aws/ec2_types.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace flame::aws {
namespace {

// Ordered as the enum.
constexpr std::array<std::string_view, 7> k_state_names = {
  "pending", "running", "shutting-down", "terminated", "stopping", "stopped", "unknown"};
static_assert(k_state_names.size() == static_cast<std::size_t>(InstanceState::unknown) + 1);

} // namespace

std::string_view name(InstanceState state)
{
  return k_state_names[static_cast<std::size_t>(state)];
}

InstanceState instance_state(std::string_view name)
{
  const auto row = std::ranges::find(k_state_names, name);
  return row == k_state_names.end()
           ? InstanceState::unknown
           : static_cast<InstanceState>(std::distance(k_state_names.begin(), row));
}

std::string_view name(ResourceKind kind)
{
  return kind == ResourceKind::volume ? "volume" : "network-interface";
}

} // namespace flame::aws
