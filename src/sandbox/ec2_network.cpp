#include "sandbox/ec2.hpp"
#include "sandbox/network.hpp"

#include <fmt/format.h>

#include <algorithm>

// What describes subnets, their ways out, and groups. Small answers of one page.
namespace flame::sandbox {
namespace {

using Values = std::vector<std::string>;

constexpr std::string_view k_xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";

// An action as these are alike: things with an id, found by id or filter.
template <typename Thing> struct Listing {
  std::string_view action;
  std::string_view set;  // "subnetSet"
  std::string id_param;  // "SubnetId"
  std::string not_found; // error code
  std::vector<Thing> all;
  std::function<std::string(const Thing&)> id;
  std::vector<std::string> filters; // that are known
  std::function<Values(const Thing&, const std::string& filter)> values;
  std::function<void(Xml&, const Thing&)> write; // an item, without its <item>
};

template <typename Thing>
Ec2Result<std::string> answer(const Ec2Call& call, const Listing<Thing>& listing)
{
  const Values ids = get_list(call.params, listing.id_param);
  const auto filters = parse_filters(call.params, [&](const std::string& name) {
    return std::ranges::count(listing.filters, name) > 0;
  });
  if (!filters) {
    return tl::unexpected(filters.error());
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  for (const std::string& id : ids) {
    if (std::ranges::find(listing.all, id, listing.id) == listing.all.end()) {
      return refuse(listing.not_found, fmt::format("The ID '{}' does not exist", id));
    }
  }
  const std::string root = fmt::format("{}Response", listing.action);
  Xml xml;
  xml.open(root, k_xmlns).text("requestId", call.request_id).open(listing.set);
  for (const Thing& thing : listing.all) {
    const bool named = ids.empty() || std::ranges::count(ids, listing.id(thing)) > 0;
    if (named
        && passes(*filters, [&](const std::string& name) { return listing.values(thing, name); })) {
      xml.open("item");
      listing.write(xml, thing);
      xml.close("item");
    }
  }
  return xml.close(listing.set).close(root).take();
}

std::string yes_or_no(bool yes)
{
  return yes ? "true" : "false";
}

bool is_default(const Ec2Call& call, const Subnet& subnet) // of its zone
{
  return call.state.rules().has_default_vpc
         && (subnet.id == subnets()[0].id || subnet.id == subnets()[1].id
             || subnet.id == subnets()[2].id);
}

void write_route(Xml& xml, std::string_view destination, std::string_view target, bool gone)
{
  const bool nat = target.starts_with("nat-");
  const bool list = destination.starts_with("pl-");
  xml.open("item").text(list ? "destinationPrefixListId" : "destinationCidrBlock", destination);
  xml.text(nat ? "natGatewayId" : "gatewayId", target).text("state", gone ? "blackhole" : "active");
  xml.text("origin", target == "local" ? "CreateRouteTable" : "CreateRoute").close("item");
}

void write_table(Xml& xml, const Way& way)
{
  xml.text("routeTableId", way.table).text("vpcId", k_vpc).open("routeSet");
  write_route(xml, "10.0.0.0/16", "local", false);
  if (!way.target.empty()) {
    write_route(xml, "0.0.0.0/0", way.target, way.blackhole);
  }
  if (way.endpoint) {
    write_route(xml, "pl-63a5400a", k_endpoint_id, false);
  }
  xml.close("routeSet").open("associationSet");
  for (const Subnet& subnet : subnets()) {
    if (!way.main && subnet.way == way.name) { // the main table has no association of its own
      xml.open("item").text("routeTableId", way.table).text("subnetId", subnet.id);
      xml.text("main", "false").close("item");
    }
  }
  if (way.main) {
    xml.open("item").text("routeTableId", way.table).text("main", "true").close("item");
  }
  xml.close("associationSet");
}

Values values_of(const Way& way, const std::string& filter)
{
  if (filter == "vpc-id") {
    return {std::string(k_vpc)};
  }
  if (filter == "association.main") {
    return {yes_or_no(way.main)};
  }
  Values ids;
  for (const Subnet& subnet : subnets()) {
    if (!way.main && subnet.way == way.name) {
      ids.emplace_back(subnet.id);
    }
  }
  return ids;
}

void write_rules(Xml& xml, std::string_view set, const Group& group, bool egress)
{
  xml.open(set);
  for (const Rule& rule : rules()) {
    if (rule.group != group.id || rule.egress != egress) {
      continue;
    }
    xml.open("item").text("ipProtocol", rule.protocol);
    if (rule.protocol != "-1") {
      xml.text("fromPort", fmt::format("{}", rule.from));
      xml.text("toPort", fmt::format("{}", rule.until));
    }
    xml.open("groups");
    if (!rule.peer.empty()) {
      xml.open("item").text("userId", k_account).text("groupId", rule.peer).close("item");
    }
    xml.close("groups").open("ipRanges");
    if (!rule.cidr.empty()) {
      xml.open("item").text("cidrIp", rule.cidr).close("item");
    }
    xml.close("ipRanges").close("item");
  }
  xml.close(set);
}

template <typename Thing> std::vector<Thing> copies(std::span<const Thing> things)
{
  return {things.begin(), things.end()};
}

} // namespace

Ec2Result<std::string> describe_subnets(const Ec2Call& call)
{
  return answer<Subnet>(
    call, {.action = "DescribeSubnets",
           .set = "subnetSet",
           .id_param = "SubnetId",
           .not_found = "InvalidSubnetID.NotFound",
           .all = copies(subnets()),
           .id = [](const Subnet& subnet) { return std::string(subnet.id); },
           .filters = {"vpc-id", "default-for-az", "availability-zone", "subnet-id"},
           .values =
             [&](const Subnet& subnet, const std::string& filter) {
               return Values{filter == "vpc-id"           ? std::string(k_vpc)
                             : filter == "default-for-az" ? yes_or_no(is_default(call, subnet))
                             : filter == "subnet-id"      ? std::string(subnet.id)
                                                          : zone_name(call.region, subnet)};
             },
           .write =
             [&](Xml& xml, const Subnet& subnet) {
               xml.text("subnetId", subnet.id).text("state", "available").text("vpcId", k_vpc);
               xml.text("cidrBlock", subnet.cidr);
               xml.text("availableIpAddressCount",
                        fmt::format("{}", call.state.free_addresses(call.region, subnet)));
               xml.text("availabilityZone", zone_name(call.region, subnet));
               xml.text("defaultForAz", yes_or_no(is_default(call, subnet)));
               xml.text("mapPublicIpOnLaunch", "false").text("ipv6Native", "false");
             }});
}

Ec2Result<std::string> describe_route_tables(const Ec2Call& call)
{
  return answer<Way>(call, {.action = "DescribeRouteTables",
                            .set = "routeTableSet",
                            .id_param = "RouteTableId",
                            .not_found = "InvalidRouteTableID.NotFound",
                            .all = copies(ways()),
                            .id = [](const Way& way) { return std::string(way.table); },
                            .filters = {"vpc-id", "association.main", "association.subnet-id"},
                            .values = values_of,
                            .write = write_table});
}

Ec2Result<std::string> describe_vpc_endpoints(const Ec2Call& call)
{
  const std::string service = fmt::format("com.amazonaws.{}.s3", call.region);
  return answer<std::string>(
    call, {.action = "DescribeVpcEndpoints",
           .set = "vpcEndpointSet",
           .id_param = "VpcEndpointId",
           .not_found = "InvalidVpcEndpointId.NotFound",
           .all = {std::string(k_endpoint_id)},
           .id = [](const std::string& id) { return id; },
           .filters = {"vpc-id", "service-name", "vpc-endpoint-state"},
           .values =
             [&](const std::string&, const std::string& filter) {
               return Values{filter == "vpc-id"         ? std::string(k_vpc)
                             : filter == "service-name" ? service
                                                        : "available"};
             },
           .write =
             [&](Xml& xml, const std::string& id) {
               xml.text("vpcEndpointId", id).text("vpcEndpointType", "Gateway");
               xml.text("vpcId", k_vpc).text("serviceName", service).text("state", "available");
               xml.open("routeTableIdSet");
               for (const Way& way : ways()) {
                 xml.maybe("item", way.endpoint ? way.table : "");
               }
               xml.close("routeTableIdSet");
             }});
}

Ec2Result<std::string> describe_security_groups(const Ec2Call& call)
{
  return answer<Group>(call,
                       {.action = "DescribeSecurityGroups",
                        .set = "securityGroupInfo",
                        .id_param = "GroupId",
                        .not_found = "InvalidGroup.NotFound",
                        .all = copies(groups()),
                        .id = [](const Group& group) { return std::string(group.id); },
                        .filters = {"vpc-id", "group-name", "group-id"},
                        .values =
                          [](const Group& group, const std::string& filter) {
                            return Values{std::string(filter == "vpc-id"       ? k_vpc
                                                      : filter == "group-name" ? group.name
                                                                               : group.id)};
                          },
                        .write =
                          [](Xml& xml, const Group& group) {
                            xml.text("groupId", group.id).text("groupName", group.name);
                            xml.text("groupDescription", group.name).text("ownerId", k_account);
                            xml.text("vpcId", k_vpc);
                            write_rules(xml, "ipPermissions", group, false);
                            write_rules(xml, "ipPermissionsEgress", group, true);
                          }});
}

} // namespace flame::sandbox
