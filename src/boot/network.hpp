#pragma once

#include "aws/ec2_query.hpp"
#include "boot/plan.hpp"

#include <string>

// Subnet, groups and public address, in the one of two ways that EC2 takes. Pure.
namespace flame::boot {

// With a NetworkInterface in the request or in the launch template, subnet and groups must stand in
// it; without one they stand alone. EC2 refuses both in one request: "Network interfaces and an
// instance-level subnet ID may not be specified on the same request".
struct Network {
  aws::Params params = {};                   // all but the subnet
  std::string subnet_parameter = "SubnetId"; // that carries the subnet
};

Network network_of(const config::Settings& settings, const Facts& facts);

// What EC2 would refuse: a FLAME child without a network, two ways at once.
void check_network(Mistakes& mistakes, const config::Settings& settings, const Facts& facts);

} // namespace flame::boot
