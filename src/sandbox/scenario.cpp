#include "sandbox/scenario.hpp"

#include "sandbox/faults.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

namespace flame::sandbox {

std::string quota_name(std::string_view type, bool spot)
{
  const std::string_view group = quota_group_of(type);
  return group.empty() ? "" : fmt::format("{}/{}", group, spot ? "spot" : "on-demand");
}

ActionLimit limit_of(const Supply& supply, std::string_view action, bool plain)
{
  if (const auto own = supply.limits.find(std::string(action)); own != supply.limits.end()) {
    return own->second;
  }
  for (const auto& [pattern, limit] : supply.limits) {
    if (matches_wildcard(pattern, action)) {
      return limit;
    }
  }
  return supply.ec2_limits ? ec2_limit(action, plain) : ActionLimit{};
}

} // namespace flame::sandbox
