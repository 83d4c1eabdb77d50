#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>

// RunInstances: from parameters to what is launched, every check in the order of the steps below.
namespace flame::sandbox {
namespace {

using Step = Ec2Result<void> (*)(const Params& params, Launch& launch);

constexpr std::size_t k_user_data_limit = 16'384; // bytes before base64

tl::unexpected<Ec2Error> missing(std::string_view name)
{
  return refuse("MissingParameter", fmt::format("The request must contain the parameter {}", name));
}

Ec2Result<void> take_counts(const Params& params, Launch& launch)
{
  for (const char* name : {"MinCount", "MaxCount"}) {
    if (!params.contains(name)) {
      return missing(name);
    }
  }
  const auto least = get_int(params, "MinCount", 0);
  const auto most = get_int(params, "MaxCount", 0);
  if (!least || !most) {
    return tl::unexpected(least ? most.error() : least.error());
  }
  if (*least < 1 || *most < *least) {
    return refuse("InvalidParameterValue",
                  fmt::format("Value ({}) for parameter {} is invalid.",
                              *least < 1 ? *least : *most, *least < 1 ? "minCount" : "maxCount"));
  }
  launch.min_count = *least;
  launch.max_count = *most;
  return {};
}

Ec2Result<void> take_type(const Params& params, Launch& launch)
{
  launch.type = get(params, "InstanceType", "t3.micro");
  const auto architecture = architecture_of(launch.type);
  if (!architecture) {
    return refuse("InvalidParameterValue",
                  fmt::format("Invalid value '{}' for InstanceType.", launch.type));
  }
  if (*architecture != launch.architecture) {
    return refuse("InvalidParameterValue",
                  fmt::format("The architecture '{}' of the specified instance type does not match "
                              "the architecture '{}' of the specified AMI.",
                              *architecture, launch.architecture));
  }
  return {};
}

Ec2Result<std::string> subnet_of_zone(const Params& params, Launch& launch)
{
  const std::string zone = get(params, "Placement.AvailabilityZone");
  launch.zonal = !zone.empty();
  const auto found = std::ranges::find_if(subnets(), [&](const Subnet& subnet) {
    return zone.empty() || zone_name(launch.region, subnet) == zone;
  });
  if (found == subnets().end()) {
    return refuse("InvalidParameterValue", fmt::format("Invalid availability zone: [{}]", zone));
  }
  return std::string(found->id);
}

Ec2Result<void> check_interfaces(const Params& params, const std::vector<std::string>& interfaces)
{
  if (interfaces.empty()) {
    return {};
  }
  if (params.contains("SubnetId")) {
    return refuse("InvalidParameterCombination", "Network interfaces and an instance-level subnet "
                                                 "ID may not be specified on the same request");
  }
  if (has_any(params, "SecurityGroupId.") || has_any(params, "SecurityGroup.")) {
    return refuse("InvalidParameterCombination",
                  "Network interfaces and an instance-level security groups may not be specified "
                  "on the same request");
  }
  for (const std::string& index : interfaces) {
    const std::string prefix = fmt::format("NetworkInterface.{}.", index);
    if (!params.contains(prefix + "DeviceIndex")) {
      return refuse("InvalidParameterValue", "Each network interface requires a device index.");
    }
    if (interfaces.size() > 1 && params.contains(prefix + "AssociatePublicIpAddress")) {
      return refuse("InvalidParameterCombination",
                    "The associatePublicIPAddress parameter cannot be specified when launching "
                    "with multiple network interfaces.");
    }
  }
  return {};
}

// The subnet and groups of the first interface, else of the instance itself.
Ec2Result<void> take_network(const Params& params, Launch& launch)
{
  const std::vector<std::string> interfaces = indices(params, "NetworkInterface");
  if (auto sound = check_interfaces(params, interfaces); !sound) {
    return sound;
  }
  const std::string prefix =
    interfaces.empty() ? std::string() : fmt::format("NetworkInterface.{}.", interfaces[0]);
  launch.subnet_id = get(params, prefix + "SubnetId");
  launch.zonal = !launch.subnet_id.empty();
  launch.in_default_vpc = launch.subnet_id.empty();
  if (launch.in_default_vpc) {
    const auto chosen = subnet_of_zone(params, launch);
    if (!chosen) {
      return tl::unexpected(chosen.error());
    }
    launch.subnet_id = *chosen;
  }
  const Subnet* subnet = find_subnet(launch.subnet_id);
  if (subnet == nullptr) {
    return refuse("InvalidSubnetID.NotFound",
                  fmt::format("The subnet ID '{}' does not exist", launch.subnet_id));
  }
  launch.zone = zone_name(launch.region, *subnet);
  const auto open = get_bool(params, prefix + "AssociatePublicIpAddress", false);
  launch.public_ip = open.value_or(false);
  launch.group_ids = get_list(params, prefix + "SecurityGroupId");
  return open ? Ec2Result<void>() : tl::unexpected(open.error());
}

Ec2Result<void> take_groups(const Params& params, Launch& launch)
{
  for (const std::string& id : launch.group_ids) {
    if (!is_id(id, "sg-")) {
      return refuse("InvalidGroupId.Malformed",
                    fmt::format(R"(Invalid id: "{}" (expecting "sg-..."))", id));
    }
  }
  const std::vector<std::string> names = get_list(params, "SecurityGroup");
  launch.group_ids.insert(launch.group_ids.end(), names.begin(), names.end());
  if (launch.group_ids.empty()) {
    launch.group_ids.emplace_back(groups().front().id);
  }
  for (std::string& id : launch.group_ids) {
    const Group* group = find_group(id);
    if (group == nullptr) {
      return refuse("InvalidGroup.NotFound",
                    fmt::format("The security group '{}' does not exist", id));
    }
    id = group->id;
  }
  return {};
}

Ec2Result<void> take_key(const Params& params, Launch& launch)
{
  launch.key_name = get(params, "KeyName");
  if (!launch.key_name.empty() && launch.key_name != k_key_pair) {
    return refuse("InvalidKeyPair.NotFound",
                  fmt::format("The key pair '{}' does not exist", launch.key_name));
  }
  return {};
}

Ec2Result<void> take_profile(const Params& params, Launch& launch)
{
  const std::string name = get(params, "IamInstanceProfile.Name");
  const std::string arn = get(params, "IamInstanceProfile.Arn");
  if (name.empty() && arn.empty()) {
    return {};
  }
  if (!name.empty() && !arn.empty()) {
    return refuse("InvalidParameterCombination",
                  "The parameter 'iamInstanceProfile.name' may not be used in combination with "
                  "'iamInstanceProfile.arn'");
  }
  for (const std::string_view known : {k_profile, k_parent_profile, k_bare_profile}) {
    const std::string full = fmt::format("arn:aws:iam::{}:instance-profile/{}", k_account, known);
    if (name == known || arn == full) {
      launch.profile_arn = full;
      return {};
    }
  }
  return refuse("InvalidParameterValue",
                name.empty()
                  ? fmt::format("Value ({}) for parameter iamInstanceProfile.arn is invalid. "
                                "Invalid IAM Instance Profile ARN",
                                arn)
                  : fmt::format("Value ({}) for parameter iamInstanceProfile.name is invalid. "
                                "Invalid IAM Instance Profile name",
                                name));
}

Ec2Result<void> take_user_data(const Params& params, Launch& launch)
{
  const auto decoded = from_base64(get(params, "UserData"));
  if (!decoded) {
    return refuse("InvalidParameterValue", "Invalid BASE64 encoding of user data.");
  }
  if (decoded->size() > k_user_data_limit) {
    return refuse("InvalidParameterValue",
                  fmt::format("User data is limited to {} bytes", k_user_data_limit));
  }
  launch.user_data = *decoded;
  return {};
}

Ec2Result<void> take_token(const Params& params, Launch& launch)
{
  launch.client_token = get(params, "ClientToken");
  if (launch.client_token.size() > 64) {
    return refuse("InvalidParameterValue", "Length of parameter clientToken exceeds 64 characters");
  }
  std::string all;
  for (const auto& [name, value] : params) {
    const bool place = name.starts_with("Placement.AvailabilityZone");
    if (name != "ClientToken" && name != "DryRun" && !place) {
      all += fmt::format("{}:{}={}\n", name, value.size(), value);
    }
  }
  launch.fingerprint = to_hex(sha256(all));
  return {};
}

} // namespace

Ec2Result<Launch> parse_launch(const Params& params, const std::string& region,
                               const TemplateBook& templates)
{
  constexpr Step steps[] = {take_counts, take_image, take_type,    take_disks,     take_network,
                            take_groups, take_key,   take_profile, take_user_data, take_options};
  const auto all = with_template(params, templates);
  if (!all) {
    return tl::unexpected(all.error());
  }
  Launch launch{.region = region};
  for (const Step step : steps) {
    if (const auto taken = step(*all, launch); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  if (const auto taken = take_token(params, launch); !taken) { // as sent, without the template
    return tl::unexpected(taken.error());
  }
  return launch;
}

} // namespace flame::sandbox
