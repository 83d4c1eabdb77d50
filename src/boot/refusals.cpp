#include "boot/refusals.hpp"

#include "aws/instance_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::boot {
namespace {

using aws::ErrorClass;

struct Quota {
  std::string_view name;
  std::string_view families; // blank separated
};

// Source: EC2 User Guide, "On-Demand Instance quotas" and "Spot Instance quotas".
constexpr Quota k_quotas[] = {
  {"Standard", "a c d h i im is m r t z"},
  {"DL", "dl"},
  {"F", "f"},
  {"G and VT", "g gr vt"},
  {"HPC", "hpc"},
  {"High Memory", "u"},
  {"Inf", "inf"},
  {"P", "p"},
  {"Trn", "trn"},
  {"X", "x"},
};

std::string family_of(std::string_view instance_type)
{
  return std::string(instance_type.substr(0, instance_type.find_first_of("0123456789-.")));
}

const Quota* find_quota(std::string_view instance_type)
{
  const std::string family = fmt::format(" {} ", family_of(instance_type));
  const auto row = std::ranges::find_if(k_quotas, [&](const Quota& quota) {
    return fmt::format(" {} ", quota.families).find(family) != std::string::npos;
  });
  return row == std::end(k_quotas) ? nullptr : &*row;
}

// How much a code speaks of.
enum class Reach {
  candidate, // or what its class says
  pool,      // the room for a type in a zone, for one market
  zone,      // of all types
  vcpus,     // a quota, which a smaller type may still fit
  spot,      // all spot machines
  account
};

struct CodeReach {
  std::string_view code;
  Reach reach;
};

constexpr CodeReach k_reaches[] = {
  {"InsufficientInstanceCapacity", Reach::pool},
  {"InsufficientCapacity", Reach::pool},
  {"UnfulfillableCapacity", Reach::pool},
  {"InsufficientReservedInstanceCapacity", Reach::pool},
  {"SpotMaxPriceTooLow", Reach::pool},
  {"InsufficientVolumeCapacity", Reach::zone},
  {"VcpuLimitExceeded", Reach::vcpus},
  {"InstanceLimitExceeded", Reach::vcpus},
  {"MaxSpotInstanceCountExceeded", Reach::vcpus},
  {"AuthFailure.ServiceLinkedRoleCreationNotPermitted", Reach::spot},
  {"VolumeLimitExceeded", Reach::account},
  {"MaxIOPSLimitExceeded", Reach::account},
  {"TagLimitExceeded", Reach::account},
};

Reach reach_of(std::string_view code)
{
  for (const std::string_view side : {"Server.", "Client."}) { // of a StateReason
    code.remove_prefix(code.starts_with(side) ? side.size() : 0);
  }
  const auto row = std::ranges::find(k_reaches, code, &CodeReach::code);
  return row == std::end(k_reaches) ? Reach::candidate : row->reach;
}

bool is_spot(const Candidate& candidate)
{
  return candidate.market == k_spot;
}

// Known to be in one zone: two that are not known may be in any.
bool share_zone(const Candidate& a, const Candidate& b)
{
  return !a.zone.empty() && a.zone == b.zone;
}

// What is free of the quota is too little for the type that was tried; it may do for a smaller one.
bool is_as_large(std::string_view type, std::string_view than)
{
  return type == than || aws::vcpus_of(type).least >= aws::vcpus_of(than).most;
}

bool is_ruled_out_by_class(const Candidate& other, const Answered& answered)
{
  const Candidate& tried = answered.candidate;
  switch (answered.error_class) {
  case ErrorClass::addresses:
    return other.subnet_id == tried.subnet_id;
  case ErrorClass::no_type:
    return other.instance_type == tried.instance_type;
  case ErrorClass::unsupported: // maybe as a spot machine alone
    return other.instance_type == tried.instance_type && is_spot(other) == is_spot(tried)
           && (other.subnet_id == tried.subnet_id || share_zone(other, tried));
  default:
    return false;
  }
}

} // namespace

std::string quota_of(std::string_view instance_type)
{
  const Quota* quota = find_quota(instance_type);
  return quota == nullptr ? family_of(instance_type) : std::string(quota->name);
}

bool is_ruled_out(const Candidate& other, const Answered& answered)
{
  const Candidate& tried = answered.candidate;
  const bool same_market = is_spot(other) == is_spot(tried);
  switch (reach_of(answered.code)) {
  case Reach::account:
    return true;
  case Reach::spot:
    return is_spot(other);
  case Reach::vcpus:
    return same_market && quota_of(other.instance_type) == quota_of(tried.instance_type)
           && is_as_large(other.instance_type, tried.instance_type);
  case Reach::zone:
    return share_zone(other, tried);
  case Reach::pool:
    return same_market && other.instance_type == tried.instance_type && share_zone(other, tried);
  case Reach::candidate:
    break;
  }
  return is_ruled_out_by_class(other, answered);
}

} // namespace flame::boot
