#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

// The small fixed account that the sandbox plays: what requests may name. Each region of the
// sandbox has the same one; zones are named by region and letter. Pure.
namespace flame::sandbox {

inline constexpr std::string_view k_account = "123456789012"; // as in AWS's own examples
inline constexpr std::string_view k_vpc = "vpc-0123456789abcdef0";

struct Image {
  std::string_view id;
  std::string_view architecture;
  std::string_view root_device;
  std::string_view about;
  int root_size = 8; // GiB
  std::string_view state = "available";
};

// A public parameter of Systems Manager; all have version 1.
struct Parameter {
  std::string_view name;
  std::string_view value;
};

// What is kept secret, by the service that keeps it: "ssm" (a SecureString) or "secretsmanager".
struct KeptSecret {
  std::string_view service;
  std::string_view name;
  std::string_view value;
};

struct Subnet {
  std::string_view id;
  char zone;                // "a" of us-east-1a
  std::string_view zone_id; // the part after the region's short name: "az1"
  std::string_view network; // "10.0.1": three bytes of its addresses
  std::string_view cidr;
  int first_host;               // the first address that a machine gets
  int hosts;                    // how many there are
  std::string_view way = "nat"; // out of it: see network.hpp
};

struct Group {
  std::string_view id;
  std::string_view name;
  bool of_parent = false; // the machine that the metadata service is for has it
};

// What a version of the launch template that is always there fills in; "" is left open. The subnet
// is that of a network interface: templates have no other.
struct Template {
  int version;
  std::string_view image;
  std::string_view type;
  std::string_view subnet;
  std::string_view group;
  std::string_view user_data;
};

inline constexpr std::string_view k_template_id = "lt-0123456789abcdef0";
inline constexpr std::string_view k_template_name = "sandbox-template";
inline constexpr int k_template_default = 1;
inline constexpr std::string_view k_key_pair = "sandbox-key";
inline constexpr std::string_view k_placement_group = "sandbox-group";
inline constexpr std::string_view k_reservation = "cr-0123456789abcdef0"; // of capacity
inline constexpr std::string_view k_profile = "sandbox-runner";           // instance profile
inline constexpr std::string_view k_role = "sandbox-runner-role";         // the role in it
inline constexpr std::string_view k_bare_profile = "sandbox-bare";        // without a role
inline constexpr std::string_view k_parent_profile = "sandbox-parent";
inline constexpr std::string_view k_parent_role = "sandbox-parent-role";
inline constexpr std::string_view k_parent_id = "i-0fedcba9876543210";
inline constexpr std::string_view k_parent_ip = "10.0.1.10";

std::span<const Image> images();
std::span<const Parameter> parameters();
std::span<const Subnet> subnets();             // the first is the default one
inline constexpr std::size_t k_zones = 3;      // of which the first subnets are one each
std::span<const Group> groups();               // the first is the default one
std::span<const Template> template_versions(); // in order; the last is $Latest

const Image* find_image(std::string_view id); // null when there is none
const Parameter* find_parameter(std::string_view name);
const KeptSecret* find_secret(std::string_view service, std::string_view name);
const Subnet* find_subnet(std::string_view id);
const Group* find_group(std::string_view id_or_name);

// "arm64" or "x86_64" of a type that the sandbox knows, nullopt for any other.
std::optional<std::string_view> architecture_of(std::string_view instance_type);
bool is_offered(std::string_view instance_type, const Subnet& subnet);
int vcpus_of(std::string_view instance_type); // 0 of a type that is not known
// "standard", "g": what has one quota of vCPUs in each market; "" of a type that is not known.
std::string_view quota_group_of(std::string_view instance_type);
bool is_quota_group(std::string_view name);
std::string types_text(); // for --world

int most_hosts(const Subnet& subnet);                   // from first_host to its last address
std::string address_of(const Subnet& subnet, int host); // "10.0.1.20"

std::string zone_name(std::string_view region, const Subnet& subnet); // "us-east-1a"
std::string world_text();                                             // for --world

} // namespace flame::sandbox
