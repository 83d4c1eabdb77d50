#include "base/ip_address.hpp"
#include "boot/doctor/groups.hpp"
#include "boot/doctor/offers.hpp"
#include "boot/doctor/routes.hpp"
#include "boot/plan_bundle.hpp"
#include "cli/doctor.hpp"
#include "flame/node.hpp"
#include "flame/parent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace flame::cli {
namespace {

using aws::DescribeQuery;
using boot::Finding;
using Groups = std::vector<aws::SecurityGroup>;
using Values = std::vector<std::string>;

// What the launch template's interfaces say under a name: "SubnetId", "SecurityGroupId.".
Values in_template(const boot::Facts& facts, std::string_view name)
{
  Values values;
  for (const aws::Params& interface :
       facts.launch_template ? facts.launch_template->interfaces : std::vector<aws::Params>()) {
    for (const auto& [key, value] : interface) {
      if (name.ends_with('.') ? key.starts_with(name) : key == name) {
        values.push_back(value);
      }
    }
  }
  return values;
}

DescribeQuery subnets_wanted(const Patient& patient)
{
  if (!patient.settings.subnet_ids.empty()) {
    return {.ids = patient.settings.subnet_ids};
  }
  if (const Values ids = in_template(patient.facts, "SubnetId"); !ids.empty()) {
    return {.ids = ids};
  }
  return {.filters = {{"default-for-az", {"true"}}}};
}

DescribeQuery groups_wanted(const Patient& patient, const std::string& vpc)
{
  const auto& found = patient.facts.launch_template;
  Values ids = patient.settings.security_group_ids;
  if (ids.empty()) {
    ids = in_template(patient.facts, "SecurityGroupId.");
  }
  if (ids.empty() && found) {
    ids = found->security_groups;
  }
  if (!ids.empty()) { // a template may have names
    const bool names = !ids.front().starts_with("sg-");
    return names ? DescribeQuery{.filters = {{"vpc-id", {vpc}}, {"group-name", ids}}}
                 : DescribeQuery{.ids = ids};
  }
  return {.filters = {{"vpc-id", {vpc}}, {"group-name", {"default"}}}};
}

template <typename Thing>
Values each_once(const std::vector<Thing>& things, std::string Thing::*member)
{
  Values values;
  for (const Thing& thing : things) {
    if (!(thing.*member).empty() && std::ranges::count(values, thing.*member) == 0) {
      values.push_back(thing.*member);
    }
  }
  return values;
}

class Surveyor {
public:
  explicit Surveyor(Patient& patient) : patient_(patient), ec2_(patient.cloud.ec2().network()) {}

  Findings survey()
  {
    const auto subnets = ec2_.subnets(subnets_wanted(patient_), patient_.limit());
    if (!subnets) {
      add(boot::refused("subnet", subnets.error(), "ec2:DescribeSubnets"));
      look_at_groups({});
      return std::move(findings_);
    }
    if (subnets->empty()) {
      add(boot::bad("subnet", "the Region has no subnet of a default VPC",
                    "give --subnet-id and --security-group-id, or make a default VPC: aws ec2 "
                    "create-default-vpc"));
      return std::move(findings_);
    }
    for (const aws::Subnet& subnet : *subnets) {
      add(boot::judge_addresses(subnet));
      if (needs_way_out()) {
        look_at_route(subnet);
      }
    }
    look_at_offers(*subnets);
    look_at_groups(subnets->front());
    return std::move(findings_);
  }

private:
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  // A machine whose script holds all that it runs asks nobody.
  bool needs_way_out() const
  {
    const boot::Bundle& bundle = patient_.plan.bundle;
    return bundle.kind != boot::BundleKind::nothing ? !boot::is_carried(bundle, patient_.settings)
                                                    : !patient_.settings.store.empty();
  }

  // The table that the subnet is associated with, else the VPC's main one.
  aws::Outcome<std::vector<aws::RouteTable>> tables_of(const aws::Subnet& subnet)
  {
    auto own =
      ec2_.route_tables({.filters = {{"association.subnet-id", {subnet.id}}}}, patient_.limit());
    if (!own || !own->empty()) {
      return own;
    }
    return ec2_.route_tables(
      {.filters = {{"vpc-id", {subnet.vpc_id}}, {"association.main", {"true"}}}}, patient_.limit());
  }

  void look_at_route(const aws::Subnet& subnet)
  {
    const auto tables = tables_of(subnet);
    if (!tables) {
      return add(boot::refused("route", tables.error(), "ec2:DescribeRouteTables"));
    }
    if (tables->empty()) {
      return add(
        boot::skipped("route", fmt::format("{} has no route table that EC2 shows", subnet.id)));
    }
    // The first part of a service's name is the partition's.
    const auto endpoints = ec2_.vpc_endpoints(
      {.filters = {{"vpc-id", {subnet.vpc_id}},
                   {"service-name", {fmt::format("*.{}.s3", patient_.settings.region)}}}},
      patient_.limit());
    if (!endpoints && endpoints.error().error_class != aws::ErrorClass::permission) {
      return add(boot::bad("route", endpoints.error().error));
    }
    const std::optional<std::vector<aws::VpcEndpoint>> known =
      endpoints ? std::optional(*endpoints) : std::nullopt;
    add(boot::judge_route({.subnet = subnet,
                           .table = tables->front(),
                           .endpoints = known,
                           .public_ip = patient_.settings.public_ip}));
  }

  void look_at_offers(const std::vector<aws::Subnet>& subnets)
  {
    const Values types = each_once(patient_.plan.candidates, &boot::Candidate::instance_type);
    const Values zones = each_once(subnets, &aws::Subnet::availability_zone);
    if (types.empty() || zones.empty()) {
      return; // the template's type is looked at by EC2's dry run
    }
    const auto offered = ec2_.offerings(types, patient_.limit());
    if (!offered) {
      return add(boot::refused("type", offered.error(), "ec2:DescribeInstanceTypeOfferings"));
    }
    for (Finding& finding : boot::judge_offers(types, zones, *offered)) {
      add(std::move(finding));
    }
  }

  // A subnet without an id: they may not be looked at.
  void look_at_groups(const aws::Subnet& subnet)
  {
    const DescribeQuery wanted = groups_wanted(patient_, subnet.vpc_id);
    if (wanted.ids.empty() && subnet.vpc_id.empty()) {
      return add(boot::skipped("groups", "those of the VPC, which is not known"));
    }
    const auto groups = ec2_.security_groups(wanted, patient_.limit());
    if (!groups) {
      return add(boot::refused("groups", groups.error(), "ec2:DescribeSecurityGroups"));
    }
    for (const aws::SecurityGroup& group : *groups) {
      if (!subnet.vpc_id.empty() && group.vpc_id != subnet.vpc_id) {
        return add(boot::bad("groups",
                             fmt::format("{} is of {}, and {} of {}", group.id, group.vpc_id,
                                         subnet.id, subnet.vpc_id),
                             "take groups and subnets of one VPC"));
      }
    }
    if (needs_way_out()) {
      add(boot::judge_way_out(*groups));
    }
    look_at_parent(*groups, subnet);
  }

  void look_at_parent(const Groups& machine, const aws::Subnet& subnet)
  {
    const auto parent = child::decode_parent(patient_.settings.flame_parent);
    if (patient_.settings.flame_parent.empty() || !parent) {
      return; // a bad one is among the settings' mistakes
    }
    const std::string host(child::host_of_node(parent->node));
    if (!parse_ipv4(host)) {
      return add(boot::skipped("parent", fmt::format("{} is a name; only for an address it is "
                                                     "known whose it is",
                                                     host)));
    }
    const auto interfaces =
      ec2_.interfaces({.filters = {{"addresses.private-ip-address", {host}}}}, patient_.limit());
    if (!interfaces) {
      return add(boot::refused("parent", interfaces.error(), "ec2:DescribeNetworkInterfaces"));
    }
    const auto found = std::ranges::find_if(*interfaces, [&](const aws::NetworkInterface& row) {
      return subnet.vpc_id.empty() || row.vpc_id == subnet.vpc_id;
    });
    if (found == interfaces->end()) {
      return add(boot::skipped(
        "parent", fmt::format("{} is no address of this account in the machine's VPC", host)));
    }
    const auto groups = ec2_.security_groups({.ids = found->group_ids}, patient_.limit());
    if (!groups) {
      return add(boot::refused("parent", groups.error(), "ec2:DescribeSecurityGroups"));
    }
    const std::string flags =
      fmt::format("{} {}", patient_.facts.erl_aflags, patient_.facts.erl_zflags);
    add(boot::judge_meeting({.machine = machine,
                             .machine_cidr = subnet.cidr,
                             .parent = *groups,
                             .parent_ip = host,
                             .distribution = boot::distribution_ports(flags)}));
  }

  Patient& patient_;
  aws::NetworkApi& ec2_;
  Findings findings_ = {};
};

} // namespace

Findings look_at_network(Patient& patient)
{
  return Surveyor(patient).survey();
}

} // namespace flame::cli
