#include "aws/ec2_xml.hpp"

#include "aws/ec2_answer.hpp"
#include "aws/xml.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::aws {
namespace {

struct InstanceField {
  const char* path; // below an item of instancesSet
  std::string Instance::*field;
};

// clang-format off
constexpr InstanceField k_instance_fields[] = {
  {"instanceId",                 &Instance::id},
  {"imageId",                    &Instance::image_id},
  {"instanceType",               &Instance::instance_type},
  {"subnetId",                   &Instance::subnet_id},
  {"vpcId",                      &Instance::vpc_id},
  {"placement/availabilityZone", &Instance::availability_zone},
  {"privateIpAddress",           &Instance::private_ip},
  {"ipAddress",                  &Instance::public_ip},
  {"ipv6Address",                &Instance::ipv6_address},
  {"instanceLifecycle",          &Instance::lifecycle},
  {"clientToken",                &Instance::client_token},
  {"amiLaunchIndex",             &Instance::launch_index},
  {"launchTime",                 &Instance::launch_time},
  {"keyName",                    &Instance::key_name},
  {"iamInstanceProfile/arn",     &Instance::instance_profile_arn},
  {"reason",                     &Instance::reason},
  {"stateReason/code",           &Instance::state_reason_code},
  {"stateReason/message",        &Instance::state_reason},
};

// Where and how it runs, and the parameter of RunInstances that says so.
struct PlacedField {
  const char* path; // below an item of instancesSet
  std::string_view parameter;
};

constexpr PlacedField k_placed_fields[] = {
  {"placement/groupName",                             "Placement.GroupName"},
  {"placement/tenancy",                               "Placement.Tenancy"},
  {"metadataOptions/httpPutResponseHopLimit",         "MetadataOptions.HttpPutResponseHopLimit"},
  {"metadataOptions/instanceMetadataTags",            "MetadataOptions.InstanceMetadataTags"},
  {"privateDnsNameOptions/hostnameType",              "PrivateDnsNameOptions.HostnameType"},
  {"privateDnsNameOptions/enableResourceNameDnsARecord",
   "PrivateDnsNameOptions.EnableResourceNameDnsARecord"},
  {"privateDnsNameOptions/enableResourceNameDnsAAAARecord",
   "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord"},
  {"capacityReservationSpecification/capacityReservationPreference",
   "CapacityReservationSpecification.CapacityReservationPreference"},
  {"capacityReservationSpecification/capacityReservationTarget/capacityReservationId",
   "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId"},
  {"capacityReservationSpecification/capacityReservationTarget/capacityReservationResourceGroupArn",
   "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn"},
};
// clang-format on

// IPv6-only machines may name their address at the interface alone.
std::string interface_ipv6(pugi::xml_node item)
{
  for (const pugi::xml_node network : item.child("networkInterfaceSet").children("item")) {
    std::string address = text_at(network, "ipv6AddressesSet/item/ipv6Address");
    if (!address.empty()) {
      return address;
    }
  }
  return "";
}

std::map<std::string, std::string> tags_of(pugi::xml_node item)
{
  std::map<std::string, std::string> tags;
  for (const pugi::xml_node tag : item.child("tagSet").children("item")) {
    tags.insert_or_assign(text_at(tag, "key"), text_at(tag, "value"));
  }
  return tags;
}

Instance instance_of(pugi::xml_node item)
{
  Instance instance;
  for (const auto& [path, field] : k_instance_fields) {
    instance.*field = text_at(item, path);
  }
  for (const auto& [path, parameter] : k_placed_fields) {
    if (std::string value = text_at(item, path); !value.empty()) {
      instance.placed.emplace_back(parameter, std::move(value));
    }
  }
  instance.state = instance_state(text_at(item, "instanceState/name"));
  if (instance.ipv6_address.empty()) {
    instance.ipv6_address = interface_ipv6(item);
  }
  for (const pugi::xml_node group : item.child("groupSet").children("item")) {
    instance.security_group_ids.push_back(text_at(group, "groupId"));
  }
  instance.tags = tags_of(item);
  return instance;
}

// Ids go into scripts as they are, so nothing else than EC2's form is let through.
bool is_id(std::string_view text, std::string_view prefix = "i-")
{
  return text.starts_with(prefix) && text.size() > prefix.size() && text.size() <= 64
         && std::ranges::all_of(text, [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
            });
}

// Adds the machines of a reservation. False when one has no id: it could never be ended.
bool add_instances(pugi::xml_node reservation, std::vector<Instance>& instances)
{
  const std::string owner = text_at(reservation, "ownerId");
  for (const pugi::xml_node item : reservation.child("instancesSet").children("item")) {
    Instance instance = instance_of(item);
    if (!is_id(instance.id)) {
      return false;
    }
    instance.owner_id = owner;
    instances.push_back(std::move(instance));
  }
  return true;
}

constexpr std::string_view k_no_id = "has a machine without an id";

// Where an answer holds what.
struct ResourceSet {
  ResourceKind kind;
  std::string_view action;
  const char* set;
  const char* id;
  std::string_view prefix; // of ids
};

constexpr ResourceSet k_volumes = {ResourceKind::volume, "DescribeVolumes", "volumeSet", "volumeId",
                                   "vol-"};
constexpr ResourceSet k_network_interfaces = {ResourceKind::network_interface,
                                              "DescribeNetworkInterfaces", "networkInterfaceSet",
                                              "networkInterfaceId", "eni-"};

Outcome<Page<Resource>> parse_resources(const ResourceSet& of, std::string_view xml)
{
  const auto document = load_answer(of.action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const pugi::xml_node root = document->document_element();
  Page<Resource> page{.next_token = text_at(root, "nextToken")};
  for (const pugi::xml_node item : root.child(of.set).children("item")) {
    page.items.push_back({.kind = of.kind,
                          .id = text_at(item, of.id),
                          .state = text_at(item, "status"),
                          .availability_zone = text_at(item, "availabilityZone"),
                          .tags = tags_of(item)});
    if (!is_id(page.items.back().id, of.prefix)) {
      return not_understood(of.action, fmt::format("has a {} without an id", name(of.kind)));
    }
  }
  return page;
}

} // namespace

Outcome<std::vector<Instance>> parse_run_instances(std::string_view xml)
{
  constexpr std::string_view action = "RunInstances";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<Instance> instances;
  if (!add_instances(document->document_element(), instances)) {
    return not_understood(action, k_no_id);
  }
  if (instances.empty()) {
    return not_understood(action, "has no machine");
  }
  return instances;
}

Outcome<Page<Instance>> parse_describe_instances(std::string_view xml)
{
  constexpr std::string_view action = "DescribeInstances";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const pugi::xml_node root = document->document_element();
  Page<Instance> page{.next_token = text_at(root, "nextToken")};
  for (const pugi::xml_node reservation : root.child("reservationSet").children("item")) {
    if (!add_instances(reservation, page.items)) {
      return not_understood(action, k_no_id);
    }
  }
  return page;
}

Outcome<Page<Resource>> parse_describe_volumes(std::string_view xml)
{
  return parse_resources(k_volumes, xml);
}

Outcome<Page<Resource>> parse_describe_network_interfaces(std::string_view xml)
{
  return parse_resources(k_network_interfaces, xml);
}

Outcome<std::vector<std::string>> parse_describe_regions(std::string_view xml)
{
  constexpr std::string_view action = "DescribeRegions";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<std::string> names;
  for (const pugi::xml_node item :
       document->document_element().child("regionInfo").children("item")) {
    if (text_at(item, "optInStatus") != "not-opted-in") {
      names.push_back(text_at(item, "regionName"));
    }
  }
  if (names.empty() || std::ranges::count(names, "") > 0) {
    return not_understood(action, "has no region, or one without a name");
  }
  return names;
}

Outcome<std::vector<StateChange>> parse_terminate_instances(std::string_view xml)
{
  constexpr std::string_view action = "TerminateInstances";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<StateChange> changes;
  const pugi::xml_node set = document->document_element().child("instancesSet");
  for (const pugi::xml_node item : set.children("item")) {
    changes.push_back({.id = text_at(item, "instanceId"),
                       .current = instance_state(text_at(item, "currentState/name")),
                       .previous = instance_state(text_at(item, "previousState/name"))});
    if (!is_id(changes.back().id)) {
      return not_understood(action, k_no_id);
    }
  }
  return changes;
}

Outcome<ConsoleOutput> parse_console_output(std::string_view xml)
{
  constexpr std::string_view action = "GetConsoleOutput";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const pugi::xml_node root = document->document_element();
  std::string encoded = text_at(root, "output");
  std::erase_if(encoded, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  auto text = from_base64(encoded);
  if (!text) {
    return not_understood(action, "has an output that is no base64");
  }
  return ConsoleOutput{.timestamp = text_at(root, "timestamp"), .text = *std::move(text)};
}

Outcome<std::string> parse_text(std::string_view xml, std::string_view path)
{
  const std::string_view root = path.substr(0, path.find('/'));
  const std::string_view action = root.substr(0, root.rfind("Response"));
  const auto document = load_answer(action, xml, root);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const std::string below(path.substr(std::min(root.size() + 1, path.size())));
  const pugi::xml_node element =
    below.empty() ? document->document_element()
                  : document->document_element().first_element_by_path(below.c_str());
  if (!element) {
    return not_understood(action, fmt::format("has no {}", below));
  }
  return text_of(element);
}

} // namespace flame::aws
