#include "boot/network.hpp"

#include "boot/raw_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using config::Settings;

constexpr std::string_view k_primary = "NetworkInterface.1.";

std::string value_in(const aws::Params& params, std::string_view name)
{
  const auto found = std::ranges::find(params, name, &std::pair<std::string, std::string>::first);
  return found == params.end() ? "" : found->second;
}

// The template's interface that ours would replace, or nothing.
aws::Params template_interface(const Facts& facts)
{
  if (facts.launch_template) {
    for (const aws::Params& interface : facts.launch_template->interfaces) {
      const std::string index = value_in(interface, "DeviceIndex");
      if (index.empty() || index == "0") {
        return interface;
      }
    }
  }
  return {};
}

bool sets_network(const Settings& settings)
{
  return !settings.subnet_ids.empty() || !settings.security_group_ids.empty()
         || settings.public_ip.has_value();
}

// Whether the request describes an interface.
bool needs_interface(const Settings& settings, const Facts& facts)
{
  const bool of_template = facts.launch_template && !facts.launch_template->interfaces.empty();
  return settings.public_ip || has_raw_parameter(settings, "NetworkInterface.")
         || (of_template && sets_network(settings));
}

void add_groups(aws::Params& params, const std::string& prefix, const Settings& settings)
{
  std::size_t number = 0;
  for (const std::string& id : settings.security_group_ids) {
    params.emplace_back(fmt::format("{}SecurityGroupId.{}", prefix, ++number), id);
  }
}

// What the template's interface says and the settings leave open goes along: whether EC2 merges
// the two or replaces one by the other, the machine gets the same.
bool is_left_open(const std::string& name, const Settings& settings)
{
  const bool set = name == "SubnetId"                    ? !settings.subnet_ids.empty()
                   : name.starts_with("SecurityGroupId") ? !settings.security_group_ids.empty()
                   : name == "AssociatePublicIpAddress"  ? settings.public_ip.has_value()
                                                         : name == "DeviceIndex";
  return !set && !settings.ec2.contains(std::string(k_primary) + name);
}

} // namespace

Network network_of(const Settings& settings, const Facts& facts)
{
  Network network;
  if (!needs_interface(settings, facts)) {
    add_groups(network.params, "", settings);
    return network;
  }
  const std::string prefix(k_primary);
  network.subnet_parameter = prefix + "SubnetId";
  network.params.emplace_back(prefix + "DeviceIndex", "0");
  for (const auto& [name, value] : template_interface(facts)) {
    if (is_left_open(name, settings)) {
      network.params.emplace_back(prefix + name, value);
    }
  }
  add_groups(network.params, prefix, settings);
  if (settings.public_ip) {
    network.params.emplace_back(prefix + "AssociatePublicIpAddress",
                                *settings.public_ip ? "true" : "false");
  }
  return network;
}

void check_network(Mistakes& mistakes, const Settings& settings, const Facts& facts)
{
  const std::string& id = settings.launch_template_id;
  if (!settings.flame_parent.empty() && id.empty()) {
    if (settings.subnet_ids.empty()) {
      mistakes.add("subnet_id is not set, and a FLAME child must reach its parent",
                   "give --subnet-id with a subnet of the parent's VPC");
    }
    if (settings.security_group_ids.empty()) {
      mistakes.add("security_group_id is not set, and a FLAME child must reach its parent",
                   "give --security-group-id with a group that the parent's group lets in");
    }
  }
  if (!facts.launch_template || !needs_interface(settings, facts)) {
    return;
  }
  const aws::LaunchTemplate& found = *facts.launch_template;
  const std::string_view asked = settings.public_ip ? "public_ip" : "ec2";
  if (!found.security_groups.empty()) {
    mistakes.add(
      fmt::format("{} needs a network interface, and launch template {} has its security "
                  "groups beside interfaces: EC2 refuses both together",
                  asked, id),
      "give the template a network interface with these groups, or leave it out");
  }
  if (settings.public_ip && found.interfaces.size() > 1) {
    mistakes.add(fmt::format("public_ip is for machines with one network interface, and launch "
                             "template {} has {}",
                             id, found.interfaces.size()),
                 "leave it to the template and the subnet");
  }
  const std::string attached = value_in(template_interface(facts), "NetworkInterfaceId");
  if (sets_network(settings) && !attached.empty()) {
    const std::string_view key = !settings.subnet_ids.empty()           ? "subnet_id"
                                 : !settings.security_group_ids.empty() ? "security_group_id"
                                                                        : "public_ip";
    mistakes.add(fmt::format("{} cannot be set: launch template {} attaches the network interface "
                             "{}, which has its own",
                             key, id, attached),
                 "leave it out, or use another template");
  }
}

} // namespace flame::boot
