#include "sandbox/ec2.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

namespace flame::sandbox {
namespace {

std::string write_reservation(const Ec2Call& call, const std::vector<Instance>& instances)
{
  Xml xml;
  xml.open("RunInstancesResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id);
  xml.text("reservationId", instances.front().reservation_id).text("ownerId", k_account);
  xml.open("groupSet").close("groupSet").open("instancesSet");
  for (const Instance& instance : instances) {
    xml.open("item");
    write_instance(xml, instance);
    xml.close("item");
  }
  xml.close("instancesSet").close("RunInstancesResponse");
  return xml.take();
}

// In EC2's words, with the zones that have the type.
std::optional<Ec2Error> not_offered(const Ec2Call& call, const Launch& launch)
{
  if (call.state.offers(launch.type, launch.region, *find_subnet(launch.subnet_id))) {
    return std::nullopt;
  }
  std::vector<std::string> others;
  for (const Subnet& subnet : subnets().first(k_zones)) {
    if (call.state.offers(launch.type, launch.region, subnet)) {
      others.push_back(zone_name(launch.region, subnet));
    }
  }
  const std::string hint =
    others.empty() ? ""
                   : fmt::format(" Please retry your request by not specifying an Availability "
                                 "Zone or choosing {}.",
                                 fmt::join(others, ", "));
  return refuse("Unsupported", fmt::format("Your requested instance type ({}) is not supported in "
                                           "your requested Availability Zone ({}).{}",
                                           launch.type, launch.zone, hint))
    .value();
}

} // namespace

Ec2Result<std::string> run_instances(const Ec2Call& call)
{
  const auto launch = parse_launch(call.params, call.region, call.state.templates());
  if (!launch) {
    return tl::unexpected(launch.error());
  }
  if (launch->in_default_vpc && !call.state.rules().has_default_vpc) {
    return refuse("VPCIdNotSpecified", "No default VPC for this user. GroupName is only supported "
                                       "for EC2-Classic and default VPC.");
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  if (launch->spot && !call.state.allows_spot()) {
    constexpr const char* code = "AuthFailure.ServiceLinkedRoleCreationNotPermitted";
    return refuse(code, message_of(code));
  }
  const std::optional<Ec2Error> refused = not_offered(call, *launch);
  const auto instances = call.state.launch(*launch, refused ? refused : call.no_capacity);
  if (!instances) {
    return tl::unexpected(instances.error());
  }
  return write_reservation(call, *instances);
}

} // namespace flame::sandbox
