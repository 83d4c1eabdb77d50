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
  std::string_view families;  // blank separated
  std::string_view on_demand; // its code at Service Quotas
  std::string_view spot = {}; // "": there is none
};

// Source: EC2 User Guide, "On-Demand Instance quotas" and "Spot Instance quotas".
constexpr Quota k_quotas[] = {
  {"Standard", "a c d h i im is m r t z", "L-1216C47A", "L-34B43A08"},
  {"DL", "dl", "L-6E869C2A", "L-85EED4F7"},
  {"F", "f", "L-74FC7D96", "L-88CF9481"},
  {"G and VT", "g gr vt", "L-DB2E81BA", "L-3819A6DF"},
  {"HPC", "hpc", "L-F7808C92"},
  {"High Memory", "u", "L-43DA4232"},
  {"Inf", "inf", "L-1945791B", "L-B5D1601B"},
  {"P", "p", "L-417A185B", "L-7212CCBC"},
  {"Trn", "trn", "L-2C3B7624", "L-6B0D517C"},
  {"X", "x", "L-7295265B", "L-E3A00192"},
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

std::string quota_hint(const Candidate& candidate, std::string_view code)
{
  const Quota* quota = find_quota(candidate.instance_type);
  if (quota == nullptr || reach_of(code) != Reach::vcpus) {
    return "";
  }
  const std::string_view number = is_spot(candidate) ? quota->spot : quota->on_demand;
  return fmt::format(
    "ask for a higher quota in the Service Quotas console ({}vCPUs of {} {} machines); another "
    "family of types, and {}, have their own",
    number.empty() ? "" : fmt::format("{}: ", number), quota->name,
    is_spot(candidate) ? "spot" : "on-demand", is_spot(candidate) ? "on-demand machines" : "spot");
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

std::string hint_for(const Candidate& candidate, ErrorClass error_class, std::string_view code)
{
  if (error_class != ErrorClass::no_type) {
    return quota_hint(candidate, code);
  }
  const std::string meant = aws::nearest_type(candidate.instance_type);
  return meant.empty() ? "" : fmt::format("correct instance_type: did you mean {}?", meant);
}

} // namespace flame::boot
