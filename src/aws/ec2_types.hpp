#pragma once

#include "aws/ec2_query.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What EC2 says about machines, as plain values. "" and nullopt: EC2 did not say.
namespace flame::aws {

enum class InstanceState {
  pending,
  running,
  shutting_down,
  terminated,
  stopping,
  stopped,
  unknown
};

std::string_view name(InstanceState state);          // "shutting-down", as EC2 writes it
InstanceState instance_state(std::string_view name); // unknown for any other text

struct Instance {
  std::string id = {};
  InstanceState state = InstanceState::unknown;
  std::string image_id = {};
  std::string instance_type = {};
  std::string subnet_id = {};
  std::string vpc_id = {};
  std::string availability_zone = {};
  std::string private_ip = {};
  std::string public_ip = {};
  std::string ipv6_address = {};
  std::string lifecycle = {}; // "spot", or "" for on-demand
  std::string client_token = {};
  std::string launch_index = {}; // "0": which of the machines of one launch
  std::string launch_time = {};  // ISO 8601, as EC2 wrote it
  std::string key_name = {};
  std::string instance_profile_arn = {};
  std::string reason = {};            // EC2's human text
  std::string state_reason_code = {}; // "Server.InsufficientInstanceCapacity"
  std::string state_reason = {};
  std::string owner_id = {}; // account of the reservation
  std::vector<std::string> security_group_ids = {};
  std::map<std::string, std::string> tags = {};
  Params placed = {}; // where and how it runs, as RunInstances calls it: {"Placement.Tenancy", …}
};

// What may outlive the machine that it was made for.
enum class ResourceKind { volume, network_interface };

std::string_view name(ResourceKind kind); // "volume", "network-interface", as EC2's tags call them

struct Resource {
  ResourceKind kind = ResourceKind::volume;
  std::string id = {};
  std::string state = {}; // "available": no machine has it
  std::string availability_zone = {};
  std::map<std::string, std::string> tags = {};
};

struct Image {
  std::string id = {};
  std::string state = {};        // "available"
  std::string architecture = {}; // "x86_64", "arm64"
  std::string root_device = {};  // "/dev/xvda"
  int root_volume_size = 0;      // GiB; 0: EC2 did not say
};

// What a version of a launch template says, of that what matters beside other parameters. Names in
// Params are those that RunInstances has below its own: "SubnetId" of a NetworkInterface.N.
struct LaunchTemplate {
  std::string id = {};
  std::string version = {}; // "3"
  std::string image_id = {};
  std::string instance_type = {};
  std::string market = {};  // "spot", "capacity-block", or "" for on-demand
  Params spot_options = {}; // {"MaxPrice", "0.01"}, {"SpotInstanceType", "persistent"}
  std::string key_name = {};
  std::string instance_profile = {};             // name or ARN
  std::string availability_zone = {};            // name or id
  std::string user_data = {};                    // raw; may hold secrets
  std::vector<std::string> security_groups = {}; // beside interfaces: ids and names
  std::vector<Params> interfaces = {};           // {"DeviceIndex", "0"}, {"SecurityGroupId.1", …}
  std::vector<Params> block_devices = {};        // {"DeviceName", …}, {"Ebs.VolumeSize", "8"}
  Params metadata_options = {};                  // {"HttpPutResponseHopLimit", "1"}
};

struct StateChange {
  std::string id = {};
  InstanceState current = InstanceState::unknown;
  InstanceState previous = InstanceState::unknown;
};

struct ConsoleOutput {
  std::string timestamp = {};
  std::string text = {}; // decoded from base64; at most the last 64 KiB
};

} // namespace flame::aws
