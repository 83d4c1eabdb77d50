#include "sandbox/buckets.hpp"

#include "sandbox/faults.hpp"

#include <algorithm>
#include <chrono>

namespace flame::sandbox {
namespace {

struct Row {
  std::string_view action; // with * for any text
  bool plain;              // only of calls without filters and pages
  Bucket requests;
  Bucket machines; // of size 0: none
};

// clang-format off
// The first that fits. Those of RunInstances and of Describe calls are published, the rest is what
// accounts have been seen to have.
constexpr Row k_rows[] = {
  {"RunInstances",              false, {5, 2},    {1000, 2}},
  {"TerminateInstances",        false, {100, 5},  {1000, 20}},
  {"DescribeInstances",         true,  {50, 10},  {}},
  {"DescribeNetworkInterfaces", true,  {50, 10},  {}},
  {"DescribeSecurityGroups",    true,  {50, 10},  {}},
  {"DescribeVolumes",           true,  {50, 10},  {}},
  {"Describe*",                 false, {100, 20}, {}},
  {"Get*",                      false, {100, 20}, {}},
  {"*",                         false, {50, 5},   {}},
};
// clang-format on

} // namespace

ActionLimit ec2_limit(std::string_view action, bool plain)
{
  const auto* const row = std::ranges::find_if(k_rows, [&](const Row& it) {
    return (plain || !it.plain) && matches_wildcard(it.action, action);
  });
  return {.requests = row->requests,
          .machines = row->machines.size > 0 ? std::optional(row->machines) : std::nullopt};
}

Buckets::Level& Buckets::level(const std::string& name, const Bucket& bucket, TimePoint now)
{
  const auto [found, fresh] = levels_.emplace(name, Level{});
  Level& level = found->second;
  const double size = bucket.size;
  const std::chrono::duration<double> passed = now - level.at;
  level.tokens = fresh ? size : std::min(size, level.tokens + passed.count() * bucket.per_second);
  level.at = now;
  return level;
}

bool Buckets::has(const std::string& name, const Bucket& bucket, int tokens, TimePoint now)
{
  return level(name, bucket, now).tokens >= tokens;
}

bool Buckets::take(const std::string& name, const Bucket& bucket, int tokens, TimePoint now)
{
  Level& there = level(name, bucket, now);
  if (there.tokens < tokens) {
    return false;
  }
  there.tokens -= tokens;
  return true;
}

} // namespace flame::sandbox
