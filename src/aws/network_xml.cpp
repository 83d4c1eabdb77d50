#include "aws/network_xml.hpp"

#include "aws/ec2_answer.hpp"
#include "aws/xml.hpp"

#include <fmt/format.h>

#include <charconv>

namespace flame::aws {
namespace {

std::optional<int> number_of(const std::string& text)
{
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

// A page of `set`, each item read by `read`; an item without an id is no answer of EC2's.
template <typename Thing>
Outcome<Page<Thing>> page_of(std::string_view action, std::string_view xml, const char* set,
                             Thing (*read)(pugi::xml_node item))
{
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const pugi::xml_node root = document->document_element();
  Page<Thing> page{.next_token = text_at(root, "nextToken")};
  for (const pugi::xml_node item : root.child(set).children("item")) {
    page.items.push_back(read(item));
    if (page.items.back().id.empty()) {
      return not_understood(action, "has one without an id");
    }
  }
  return page;
}

std::vector<std::string> texts(pugi::xml_node set, const char* path)
{
  std::vector<std::string> found;
  for (const pugi::xml_node item : set.children("item")) {
    found.push_back(*path == '\0' ? text_of(item) : text_at(item, path));
  }
  return found;
}

Subnet subnet_of(pugi::xml_node item)
{
  return {.id = text_at(item, "subnetId"),
          .state = text_at(item, "state"),
          .vpc_id = text_at(item, "vpcId"),
          .cidr = text_at(item, "cidrBlock"),
          .availability_zone = text_at(item, "availabilityZone"),
          .free_addresses = number_of(text_at(item, "availableIpAddressCount")).value_or(0),
          .gives_public_ip = text_at(item, "mapPublicIpOnLaunch") == "true",
          .ipv6_only = text_at(item, "ipv6Native") == "true",
          .on_outpost = !text_at(item, "outpostArn").empty()};
}

// The first that is there: a route has one of each.
std::string one_of(pugi::xml_node item, std::initializer_list<const char*> names)
{
  for (const char* name : names) {
    if (std::string text = text_at(item, name); !text.empty()) {
      return text;
    }
  }
  return {};
}

RouteTable route_table_of(pugi::xml_node item)
{
  RouteTable table{.id = text_at(item, "routeTableId")};
  for (const pugi::xml_node route : item.child("routeSet").children("item")) {
    table.routes.push_back(
      {.destination = one_of(
         route, {"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"}),
       .target =
         one_of(route, {"gatewayId", "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId",
                        "networkInterfaceId", "instanceId", "egressOnlyInternetGatewayId",
                        "localGatewayId", "carrierGatewayId", "coreNetworkArn"}),
       .state = text_at(route, "state")});
  }
  return table;
}

VpcEndpoint endpoint_of(pugi::xml_node item)
{
  return {.id = text_at(item, "vpcEndpointId"),
          .type = text_at(item, "vpcEndpointType"),
          .service = text_at(item, "serviceName"),
          .state = text_at(item, "state"),
          .route_tables = texts(item.child("routeTableIdSet"), "")};
}

std::vector<GroupRule> rules_of(pugi::xml_node set)
{
  std::vector<GroupRule> rules;
  for (const pugi::xml_node item : set.children("item")) {
    rules.push_back({.protocol = text_at(item, "ipProtocol"),
                     .from = number_of(text_at(item, "fromPort")),
                     .until = number_of(text_at(item, "toPort")),
                     .cidrs = texts(item.child("ipRanges"), "cidrIp"),
                     .groups = texts(item.child("groups"), "groupId"),
                     .prefix_lists = texts(item.child("prefixListIds"), "prefixListId")});
  }
  return rules;
}

SecurityGroup group_of(pugi::xml_node item)
{
  return {.id = text_at(item, "groupId"),
          .name = text_at(item, "groupName"),
          .vpc_id = text_at(item, "vpcId"),
          .ingress = rules_of(item.child("ipPermissions")),
          .egress = rules_of(item.child("ipPermissionsEgress"))};
}

NetworkInterface interface_of(pugi::xml_node item)
{
  return {.id = text_at(item, "networkInterfaceId"),
          .subnet_id = text_at(item, "subnetId"),
          .vpc_id = text_at(item, "vpcId"),
          .private_ip = text_at(item, "privateIpAddress"),
          .group_ids = texts(item.child("groupSet"), "groupId")};
}

TypeOffering offering_of(pugi::xml_node item)
{
  return {.id = text_at(item, "instanceType"), .zone = text_at(item, "location")};
}

} // namespace

Outcome<Page<Subnet>> parse_describe_subnets(std::string_view xml)
{
  return page_of("DescribeSubnets", xml, "subnetSet", subnet_of);
}

Outcome<Page<RouteTable>> parse_describe_route_tables(std::string_view xml)
{
  return page_of("DescribeRouteTables", xml, "routeTableSet", route_table_of);
}

Outcome<Page<VpcEndpoint>> parse_describe_vpc_endpoints(std::string_view xml)
{
  return page_of("DescribeVpcEndpoints", xml, "vpcEndpointSet", endpoint_of);
}

Outcome<Page<SecurityGroup>> parse_describe_security_groups(std::string_view xml)
{
  return page_of("DescribeSecurityGroups", xml, "securityGroupInfo", group_of);
}

Outcome<Page<NetworkInterface>> parse_interfaces(std::string_view xml)
{
  return page_of("DescribeNetworkInterfaces", xml, "networkInterfaceSet", interface_of);
}

Outcome<Page<TypeOffering>> parse_type_offerings(std::string_view xml)
{
  return page_of("DescribeInstanceTypeOfferings", xml, "instanceTypeOfferingSet", offering_of);
}

} // namespace flame::aws
