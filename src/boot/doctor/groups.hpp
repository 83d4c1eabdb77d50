#pragma once

#include "aws/network_api.hpp"
#include "boot/doctor/finding.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Whether security groups let a machine do what it is for. Pure.
//
// Source: VPC User Guide, "Security group rules"; OTP epmd(1), kernel_app(6).
namespace flame::boot {

struct Ports {
  int first = 0;
  int last = 0;
  bool operator==(const Ports&) const = default;
};

inline constexpr Ports k_epmd = {4369, 4369};

// The other end of a connection: an address or a network, and its groups.
struct Peer {
  std::string cidr = {}; // "10.0.1.0/24"; an address is "10.0.0.7/32"
  std::vector<std::string> groups = {};
};

// The parts of `ports` that no rule lets through for TCP.
std::vector<Ports> closed(std::span<const aws::GroupRule> rules, Ports ports, const Peer& peer);

// Whether every address of `inner` is one of `outer`; IPv4.
bool is_within(std::string_view inner, std::string_view outer);

// "-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9155" among a parent's ERL_AFLAGS;
// nullopt when its distribution listens wherever the system says.
std::optional<Ports> distribution_ports(std::string_view erl_flags);

// Out, to HTTPS anywhere: EC2 does not say which addresses S3 has.
Finding judge_way_out(std::span<const aws::SecurityGroup> groups);

struct Meeting {
  std::span<const aws::SecurityGroup> machine;
  std::string_view machine_cidr; // of its subnet
  std::span<const aws::SecurityGroup> parent;
  std::string_view parent_ip;
  std::optional<Ports> distribution = {};
};
// From the machine to its FLAME parent: EPMD, and the ports of the distribution.
Finding judge_meeting(const Meeting& meeting);

} // namespace flame::boot
