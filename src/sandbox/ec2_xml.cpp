#include "sandbox/ec2.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

std::string dashed(std::string address) // "10-0-1-20"
{
  std::ranges::replace(address, '.', '-');
  return address;
}

std::string of_instance(const Instance& instance, std::string_view prefix)
{
  return std::string(prefix) + instance.id.substr(1);
}

void write_groups(Xml& xml, const Instance& instance)
{
  xml.open("groupSet");
  for (const std::string& id : instance.launch.group_ids) {
    const Group* group = find_group(id);
    xml.open("item").text("groupId", id);
    xml.text("groupName", group == nullptr ? std::string_view() : group->name).close("item");
  }
  xml.close("groupSet");
}

void write_interface(Xml& xml, const Instance& instance)
{
  xml.open("networkInterfaceSet").open("item");
  xml.text("networkInterfaceId", of_instance(instance, "eni"));
  xml.text("subnetId", instance.launch.subnet_id).text("vpcId", k_vpc);
  xml.text("ownerId", k_account).text("status", "in-use");
  xml.text("macAddress", "02:00:" + instance.id.substr(2, 2) + ":" + instance.id.substr(4, 2) + ":"
                           + instance.id.substr(6, 2) + ":" + instance.id.substr(8, 2));
  xml.text("privateIpAddress", instance.private_ip).text("sourceDestCheck", "true");
  write_groups(xml, instance);
  xml.open("attachment").text("deviceIndex", "0").text("status", "attached");
  xml.text("deleteOnTermination", "true").close("attachment");
  xml.close("item").close("networkInterfaceSet");
}

// A machine that is gone has no network any more, as at EC2.
void write_network(Xml& xml, const Instance& instance)
{
  const bool up = instance.state == State::running && !instance.public_ip.empty();
  xml.text("privateDnsName", fmt::format("ip-{}.{}.compute.internal", dashed(instance.private_ip),
                                         instance.launch.region));
  xml.text("dnsName", up ? fmt::format("ec2-{}.compute.amazonaws.com", dashed(instance.public_ip))
                         : std::string());
  xml.text("subnetId", instance.launch.subnet_id).text("vpcId", k_vpc);
  xml.text("privateIpAddress", instance.private_ip);
  xml.maybe("ipAddress", up ? instance.public_ip : std::string());
  xml.text("sourceDestCheck", "true");
  write_groups(xml, instance);
  write_interface(xml, instance);
}

void write_state(Xml& xml, const Instance& instance)
{
  const StateInfo state = info(instance.state);
  xml.open("instanceState").text("code", fmt::format("{}", state.code));
  xml.text("name", state.name).close("instanceState");
  xml.text("reason", instance.reason);
  if (!instance.reason_code.empty()) {
    xml.open("stateReason").text("code", instance.reason_code);
    xml.text("message", instance.reason_text).close("stateReason");
  }
}

void write_metadata_options(Xml& xml, const Launch& launch)
{
  xml.open("metadataOptions").text("state", "applied").text("httpTokens", launch.http_tokens);
  xml.text("httpPutResponseHopLimit", launch.hop_limit).text("httpEndpoint", "enabled");
  xml.text("httpProtocolIpv6", "disabled");
  xml.text("instanceMetadataTags", launch.metadata_tags ? "enabled" : "disabled");
  xml.close("metadataOptions");
}

void write_reservation(Xml& xml, const Launch& launch)
{
  const std::string prefix = "CapacityReservationSpecification.CapacityReservation";
  const std::string id = get(launch.placed, prefix + "Target.CapacityReservationId");
  const std::string group =
    get(launch.placed, prefix + "Target.CapacityReservationResourceGroupArn");
  xml.open("capacityReservationSpecification");
  if (id.empty() && group.empty()) {
    xml.text("capacityReservationPreference", get(launch.placed, prefix + "Preference", "open"));
  } else {
    xml.open("capacityReservationTarget").maybe("capacityReservationId", id);
    xml.maybe("capacityReservationResourceGroupArn", group).close("capacityReservationTarget");
  }
  xml.close("capacityReservationSpecification");
}

void write_private_names(Xml& xml, const Launch& launch)
{
  const std::string prefix = "PrivateDnsNameOptions.";
  xml.open("privateDnsNameOptions");
  xml.text("hostnameType", get(launch.placed, prefix + "HostnameType", "ip-name"));
  xml.text("enableResourceNameDnsARecord",
           get(launch.placed, prefix + "EnableResourceNameDnsARecord", "false"));
  xml.text("enableResourceNameDnsAAAARecord",
           get(launch.placed, prefix + "EnableResourceNameDnsAAAARecord", "false"));
  xml.close("privateDnsNameOptions");
}

} // namespace

void write_tags(Xml& xml, const Params& tags)
{
  if (tags.empty()) {
    return;
  }
  xml.open("tagSet");
  for (const auto& [key, value] : tags) {
    xml.open("item").text("key", key).text("value", value).close("item");
  }
  xml.close("tagSet");
}

void write_instance(Xml& xml, const Instance& instance)
{
  const Launch& launch = instance.launch;
  const Subnet* subnet = find_subnet(launch.subnet_id);
  const Image* image = find_image(launch.image_id);
  xml.text("instanceId", instance.id).text("imageId", launch.image_id);
  write_state(xml, instance);
  if (instance.state == State::terminated) {
    xml.text("privateDnsName", "").text("dnsName", "");
  } else {
    write_network(xml, instance);
  }
  xml.maybe("keyName", launch.key_name);
  xml.text("amiLaunchIndex", fmt::format("{}", instance.launch_index));
  xml.text("instanceType", launch.type).text("launchTime", iso8601(instance.launched));
  xml.open("placement").text("availabilityZone", launch.zone);
  xml.text("availabilityZoneId", subnet == nullptr ? std::string_view() : subnet->zone_id);
  xml.maybe("groupName", get(launch.placed, "Placement.GroupName"));
  xml.text("tenancy", get(launch.placed, "Placement.Tenancy", "default")).close("placement");
  xml.open("monitoring").text("state", "disabled").close("monitoring");
  xml.text("architecture", launch.architecture).text("rootDeviceType", "ebs");
  xml.text("rootDeviceName", image == nullptr ? std::string_view() : image->root_device);
  xml.open("blockDeviceMapping");
  for (const auto& [device, size] : launch.disks) {
    xml.open("item").text("deviceName", device).open("ebs").text("status", "attached");
    xml.close("ebs").close("item");
  }
  xml.close("blockDeviceMapping");
  xml.text("virtualizationType", "hvm").text("hypervisor", "xen");
  xml.text("clientToken", launch.client_token);
  xml.maybe("instanceLifecycle", launch.spot ? "spot" : "");
  xml.maybe("spotInstanceRequestId", instance.spot_request_id);
  if (!launch.profile_arn.empty()) {
    xml.open("iamInstanceProfile").text("arn", launch.profile_arn);
    xml.text("id", "AIPASANDBOXRUNNER0001").close("iamInstanceProfile");
  }
  write_reservation(xml, launch);
  write_private_names(xml, launch);
  write_metadata_options(xml, launch);
  write_tags(xml, instance.launch.tags);
}

} // namespace flame::sandbox
