#include "aws/ec2_limits.hpp"

#include <algorithm>
#include <map>

namespace flame::aws {
namespace {

struct Row {
  std::string_view action;
  ActionLimits limits;
};

constexpr Bucket k_looks = {100, 20};
// Of what lists much, when it is asked with neither a filter nor a page's size, as by ids.
constexpr Bucket k_long_looks = {50, 10};
constexpr Bucket k_changes = {50, 5};

// What has limits of its own, of the actions that are used here.
// clang-format off
constexpr Row k_rows[] = {
  {"RunInstances",              {{5, 2},   Bucket{1000, 2}}},
  {"TerminateInstances",        {{100, 5}, Bucket{1000, 20}}},
  {"CreateTags",                {{100, 10}, {}}},
  {"DescribeInstances",         {k_long_looks, {}}},
  {"DescribeNetworkInterfaces", {k_long_looks, {}}},
  {"DescribeSecurityGroups",    {k_long_looks, {}}},
  {"DescribeVolumes",           {k_long_looks, {}}},
};
// clang-format on

using Fraction = std::chrono::duration<double>;

Millis time_for(std::size_t tokens, const Bucket& bucket)
{
  const double missing = static_cast<double>(tokens) - bucket.capacity;
  return missing <= 0 ? Millis(0) : std::chrono::ceil<Millis>(Fraction(missing / bucket.refill));
}

} // namespace

ActionLimits limits_of(std::string_view action)
{
  const auto* row = std::ranges::find(k_rows, action, &Row::action);
  if (row != std::end(k_rows)) {
    return row->limits;
  }
  const bool looks = action.starts_with("Describe") || action.starts_with("Get");
  return {.requests = looks ? k_looks : k_changes};
}

Millis least_time(std::span<const CallCount> calls)
{
  std::map<std::string_view, CallCount> sums;
  for (const CallCount& call : calls) {
    CallCount& sum = sums[call.action];
    sum.requests += call.requests;
    sum.instances += call.instances;
  }
  Millis longest(0); // each bucket fills by itself, whatever is sent of other actions
  for (const auto& [action, sum] : sums) {
    const ActionLimits limits = limits_of(action);
    longest = std::max(longest, time_for(sum.requests, limits.requests));
    if (limits.instances) {
      longest = std::max(longest, time_for(sum.instances, *limits.instances));
    }
  }
  return longest;
}

} // namespace flame::aws
