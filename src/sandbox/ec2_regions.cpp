#include "sandbox/ec2.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

constexpr std::string_view k_closed = "af-south-1"; // a region that the account has not opted into

void write_region(Xml& xml, const std::string& name, std::string_view status)
{
  xml.open("item").text("regionName", name);
  xml.text("regionEndpoint", fmt::format("ec2.{}.amazonaws.com", name));
  xml.text("optInStatus", status).close("item");
}

} // namespace

Ec2Result<std::string> describe_regions(const Ec2Call& call)
{
  const auto all = get_bool(call.params, "AllRegions", false);
  if (!all) {
    return tl::unexpected(all.error());
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  const std::vector<std::string> named = get_list(call.params, "RegionName");
  for (const std::string& name : named) {
    if (std::ranges::count(call.regions, name) == 0) {
      return refuse("InvalidParameterValue", fmt::format("Invalid region provided: {}", name));
    }
  }
  Xml xml;
  xml.open("DescribeRegionsResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).open("regionInfo");
  for (const std::string& name : named.empty() ? call.regions : named) {
    write_region(xml, name, "opt-in-not-required");
  }
  if (*all && std::ranges::count(call.regions, k_closed) == 0) {
    write_region(xml, std::string(k_closed), "not-opted-in");
  }
  xml.close("regionInfo").close("DescribeRegionsResponse");
  return xml.take();
}

} // namespace flame::sandbox
