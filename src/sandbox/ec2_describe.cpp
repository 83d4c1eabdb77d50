#include "sandbox/ec2.hpp"
#include "sandbox/ec2_pages.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

std::string write_page(const Ec2Call& call, const Page<Instance>& page)
{
  Xml xml;
  xml.open("DescribeInstancesResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).open("reservationSet");
  std::string reservation;
  for (const Instance& instance : page.items) {
    if (instance.reservation_id != reservation) {
      if (!reservation.empty()) {
        xml.close("instancesSet").close("item");
      }
      reservation = instance.reservation_id;
      xml.open("item").text("reservationId", reservation).text("ownerId", k_account);
      xml.open("groupSet").close("groupSet").open("instancesSet");
    }
    xml.open("item");
    write_instance(xml, instance);
    xml.close("item");
  }
  if (!reservation.empty()) {
    xml.close("instancesSet").close("item");
  }
  xml.close("reservationSet").maybe("nextToken", page.next_token);
  xml.close("DescribeInstancesResponse");
  return xml.take();
}

} // namespace

Ec2Result<int> page_size(const Params& params, bool by_id, std::string_view ids)
{
  auto asked = get_int(params, "MaxResults", 0);
  if (!asked || !params.contains("MaxResults")) {
    return asked ? Ec2Result<int>(1000) : asked;
  }
  if (by_id) {
    return refuse(
      "InvalidParameterCombination",
      fmt::format("The parameter {} cannot be used with the parameter maxResults", ids));
  }
  if (*asked < 5 || *asked > 1000) {
    return refuse("InvalidParameterValue",
                  fmt::format("Value ( {} ) for parameter maxResults is invalid. Expecting a value "
                              "between 5 and 1000.",
                              *asked));
  }
  return asked;
}

Ec2Result<std::string> describe_instances(const Ec2Call& call)
{
  const std::vector<std::string> ids = get_list(call.params, "InstanceId");
  const auto size = page_size(call.params, !ids.empty(), "instancesSet");
  const auto filters = parse_filters(call.params, is_instance_filter);
  if (!size || !filters) {
    return tl::unexpected(size ? filters.error() : size.error());
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  std::vector<Instance> found;
  if (ids.empty()) {
    found = call.state.instances(call.region);
  } else if (auto named = call.state.find(call.region, ids); named) {
    found = std::move(*named);
  } else {
    return tl::unexpected(named.error());
  }
  if (const auto skipped = skip_pages(found, get(call.params, "NextToken")); !skipped) {
    return tl::unexpected(skipped.error());
  }
  std::erase_if(found, [&](const Instance& instance) { return !passes(instance, *filters); });
  return write_page(call, cut_page(std::move(found), static_cast<std::size_t>(*size)));
}

} // namespace flame::sandbox
