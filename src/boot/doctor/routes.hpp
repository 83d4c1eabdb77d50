#pragma once

#include "aws/network_api.hpp"
#include "boot/doctor/finding.hpp"

#include <optional>
#include <span>
#include <string_view>

// Whether a machine in a subnet gets an address, and reaches S3. Pure.
//
// Source: VPC User Guide, "Route tables", "Gateway endpoints"; EC2 User Guide, "IP addressing".
namespace flame::boot {

Finding judge_addresses(const aws::Subnet& subnet);

struct Surroundings {
  const aws::Subnet& subnet;
  const aws::RouteTable& table;
  // Of S3, in the subnet's VPC; nullopt: they may not be looked at.
  const std::optional<std::vector<aws::VpcEndpoint>>& endpoints;
  std::optional<bool> public_ip = {}; // what the settings say; nullopt: the subnet decides
};

Finding judge_route(const Surroundings& around);

} // namespace flame::boot
