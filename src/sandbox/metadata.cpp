#include "base/text.hpp"
#include "sandbox/imds.hpp"
#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

// What the metadata service of a machine says, from what EC2 knows of it.
namespace flame::sandbox {
namespace {

std::string mac_of(const Instance& instance)
{
  const std::string& id = instance.id;
  return fmt::format("02:00:{}:{}:{}:{}", id.substr(2, 2), id.substr(4, 2), id.substr(6, 2),
                     id.substr(8, 2));
}

void add_interface(Metadata& metadata, const Instance& instance)
{
  const Subnet* subnet = find_subnet(instance.launch.subnet_id);
  std::vector<std::string> names;
  for (const std::string& id : instance.launch.group_ids) {
    names.emplace_back(find_group(id) == nullptr ? id : std::string(find_group(id)->name));
  }
  const std::string at = "network/interfaces/macs/" + mac_of(instance) + "/";
  Params& leaves = metadata.leaves;
  leaves["mac"] = mac_of(instance);
  leaves["local-ipv4"] = instance.private_ip;
  leaves[at + "device-number"] = "0";
  leaves[at + "interface-id"] = "eni" + instance.id.substr(1);
  leaves[at + "local-ipv4s"] = instance.private_ip;
  leaves[at + "mac"] = mac_of(instance);
  leaves[at + "owner-id"] = k_account;
  leaves[at + "security-group-ids"] = join(instance.launch.group_ids, "\n");
  leaves[at + "security-groups"] = join(names, "\n");
  leaves[at + "subnet-id"] = instance.launch.subnet_id;
  leaves[at + "subnet-ipv4-cidr-block"] =
    subnet == nullptr ? std::string() : std::string(subnet->cidr);
  leaves[at + "vpc-id"] = k_vpc;
  leaves["security-groups"] = join(names, "\n");
  if (!instance.public_ip.empty()) {
    leaves["public-ipv4"] = instance.public_ip;
    leaves[at + "public-ipv4s"] = instance.public_ip;
  }
}

std::string document_of(const Instance& instance)
{
  const Launch& launch = instance.launch;
  const Params texts = {{"accountId", std::string(k_account)},
                        {"architecture", launch.architecture},
                        {"availabilityZone", launch.zone},
                        {"imageId", launch.image_id},
                        {"instanceId", instance.id},
                        {"instanceType", launch.type},
                        {"pendingTime", iso8601(instance.launched)},
                        {"privateIp", instance.private_ip},
                        {"region", launch.region},
                        {"version", "2017-09-30"}};
  std::string text = "{\n";
  for (const auto& [name, value] : texts) {
    text += fmt::format("  \"{}\" : {},\n", name, json_string(value));
  }
  for (const char* name :
       {"billingProducts", "devpayProductCodes", "kernelId", "marketplaceProductCodes"}) {
    text += fmt::format("  \"{}\" : null,\n", name);
  }
  return text + "  \"ramdiskId\" : null\n}";
}

} // namespace

Metadata metadata_of(const Instance& instance)
{
  const Launch& launch = instance.launch;
  const Subnet* subnet = find_subnet(launch.subnet_id);
  Metadata metadata{
    .document = document_of(instance), .user_data = launch.user_data, .session = instance.id};
  metadata.leaves = {
    {"ami-id", launch.image_id},
    {"ami-launch-index", fmt::format("{}", instance.launch_index)},
    {"hostname", "ip-" + instance.private_ip},
    {"instance-id", instance.id},
    {"instance-life-cycle", launch.spot ? "spot" : "on-demand"},
    {"instance-type", launch.type},
    {"placement/availability-zone", launch.zone},
    {"placement/availability-zone-id", subnet == nullptr ? "" : std::string(subnet->zone_id)},
    {"placement/region", launch.region},
    {"reservation-id", instance.reservation_id},
    {"services/domain", "amazonaws.com"},
    {"services/partition", "aws"}};
  add_interface(metadata, instance);
  if (!launch.key_name.empty()) {
    metadata.leaves["public-keys/0/name"] = launch.key_name;
    metadata.leaves["public-keys/0/openssh-key"] = "ssh-ed25519 AAAA " + launch.key_name;
  }
  if (!launch.profile_arn.empty()) {
    metadata.role = launch.profile_arn.ends_with(k_parent_profile) ? k_parent_role : k_role;
    metadata.leaves["iam/info"] = launch.profile_arn;
    metadata.leaves["iam/security-credentials/" + metadata.role]; // for the listing
  }
  for (const auto& [key, value] : launch.metadata_tags ? launch.tags : Params()) {
    metadata.leaves["tags/instance/" + key] = value;
  }
  return metadata;
}

Instance parent_instance(const std::string& region, Seconds launched)
{
  const Subnet& subnet = subnets().front();
  Launch launch{.region = region,
                .image_id = std::string(images().front().id),
                .type = "t3.medium",
                .architecture = std::string(images().front().architecture),
                .subnet_id = std::string(subnet.id),
                .zone = zone_name(region, subnet),
                .profile_arn =
                  fmt::format("arn:aws:iam::{}:instance-profile/{}", k_account, k_parent_profile)};
  launch.key_name = k_key_pair;
  for (const Group& group : groups()) {
    if (group.of_parent) {
      launch.group_ids.emplace_back(group.id);
    }
  }
  return {.id = std::string(k_parent_id),
          .reservation_id = "r-0fedcba9876543210",
          .launch = launch,
          .private_ip = std::string(k_parent_ip),
          .launched = launched};
}

} // namespace flame::sandbox
