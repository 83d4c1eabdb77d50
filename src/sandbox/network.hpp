#pragma once

#include "sandbox/world.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

// How the subnets of the sandbox's account lead out, and what its groups let through. Pure.
namespace flame::sandbox {

// A subnet's way out. Each has a route table of its own; the first is the VPC's main one.
struct Way {
  std::string_view name;   // "nat", as Subnet::way has it
  std::string_view table;  // "rtb-…"
  std::string_view target; // of the default route; "": there is none
  bool blackhole = false;
  bool endpoint = false; // S3's gateway endpoint is in the table
  bool main = false;
};

struct Rule {
  std::string_view group; // whose rule it is
  bool egress;
  std::string_view protocol; // "-1", "tcp"
  int from;                  // ports; not of "-1"
  int until;
  std::string_view cidr; // one of
  std::string_view peer; // the two
};

// An interface that no machine of the sandbox has: those of parents.
struct FixedInterface {
  std::string_view id;
  std::string_view private_ip;
  std::string_view group;
};

inline constexpr std::string_view k_endpoint_id = "vpce-0123456789abcdef0";

std::span<const Way> ways();
std::span<const Rule> rules();
std::span<const FixedInterface> fixed_interfaces();

const Way& way_of(const Subnet& subnet);

} // namespace flame::sandbox
