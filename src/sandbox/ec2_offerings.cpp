#include "sandbox/ec2.hpp"

#include <fmt/format.h>

// Which types the zones have. Asked for by type, and by zone: the sandbox lists no other.
namespace flame::sandbox {
namespace {

void write_offering(Xml& xml, const std::string& type, const std::string& zone)
{
  xml.open("item").text("instanceType", type).text("locationType", "availability-zone");
  xml.text("location", zone).close("item");
}

} // namespace

Ec2Result<std::string> describe_instance_type_offerings(const Ec2Call& call)
{
  const auto filters =
    parse_filters(call.params, [](const std::string& name) { return name == "instance-type"; });
  if (!filters) {
    return tl::unexpected(filters.error());
  }
  if (filters->size() != 1 || get(call.params, "LocationType") != "availability-zone") {
    return refuse("UnsupportedOperation", "The sandbox lists the zones of types alone.");
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  Xml xml;
  xml.open("DescribeInstanceTypeOfferingsResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).open("instanceTypeOfferingSet");
  for (const std::string& type : filters->front().values) {
    for (const Subnet& subnet : subnets().first(k_zones)) {
      if (architecture_of(type) && call.state.offers(type, call.region, subnet)) {
        write_offering(xml, type, zone_name(call.region, subnet));
      }
    }
  }
  xml.close("instanceTypeOfferingSet").close("DescribeInstanceTypeOfferingsResponse");
  return xml.take();
}

} // namespace flame::sandbox
