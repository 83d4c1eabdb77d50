#include "boot/doctor/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::boot {
namespace {

constexpr std::string_view k_check = "route";
constexpr int k_few = 8; // addresses

struct Way {
  std::string_view prefix; // of the target's id
  std::string_view what;
};
// What leads out for a machine without a public address, whatever is behind it.
constexpr Way k_ways[] = {
  {"nat-", "a NAT gateway"},        {"tgw-", "a transit gateway"},
  {"eni-", "a network interface"},  {"i-", "an instance"},
  {"pcx-", "a peering connection"}, {"vgw-", "a virtual private gateway"},
  {"lgw-", "a local gateway"},      {"cagw-", "a carrier gateway"},
  {"vpce-", "a gateway endpoint"},  {"arn:", "a core network"},
};

std::string_view what_is(std::string_view target)
{
  const auto* const way =
    std::ranges::find_if(k_ways, [&](const Way& row) { return target.starts_with(row.prefix); });
  return way == std::end(k_ways) ? "a target of its own" : way->what;
}

const aws::Route* default_route(const aws::RouteTable& table)
{
  const auto found = std::ranges::find(table.routes, "0.0.0.0/0", &aws::Route::destination);
  return found == table.routes.end() ? nullptr : &*found;
}

// S3's gateway endpoint in this table; null when there is none.
const aws::VpcEndpoint* gateway_of(const Surroundings& around)
{
  if (!around.endpoints) {
    return nullptr;
  }
  const auto found = std::ranges::find_if(*around.endpoints, [&](const aws::VpcEndpoint& row) {
    return row.type == "Gateway" && row.state == "available"
           && std::ranges::count(row.route_tables, around.table.id) > 0;
  });
  return found == around.endpoints->end() ? nullptr : &*found;
}

Finding through_internet_gateway(const Surroundings& around, const aws::Route& route)
{
  const std::string& id = around.subnet.id;
  if (around.public_ip.value_or(around.subnet.gives_public_ip)) {
    return good(k_check, fmt::format("{} reaches S3 by the internet gateway {}, with a public "
                                     "address",
                                     id, route.target));
  }
  return bad(k_check,
             fmt::format("{} leads out by the internet gateway {}, and the machine gets no public "
                         "address: it cannot reach S3",
                         id, route.target),
             "give --public-ip, or the VPC a gateway endpoint for S3");
}

// Nothing leads out.
Finding nowhere(const Surroundings& around)
{
  const std::string& id = around.subnet.id;
  if (!around.endpoints) {
    Finding finding =
      skipped(k_check, fmt::format("{} has no way out but perhaps an endpoint, which "
                                   "needs the permission ec2:DescribeVpcEndpoints",
                                   id));
    finding.permission = "ec2:DescribeVpcEndpoints";
    return finding;
  }
  const bool elsewhere = !around.endpoints->empty();
  return bad(k_check,
             elsewhere
               ? fmt::format("{} has no way to S3: the endpoint {} is not in its route table {}",
                             id, around.endpoints->front().id, around.table.id)
               : fmt::format("{} has no way to S3: no default route, and no endpoint", id),
             elsewhere ? "add the route table to a gateway endpoint for S3"
                       : "give the VPC a gateway endpoint for S3, which costs nothing, or the "
                         "subnet a NAT gateway");
}

} // namespace

Finding judge_addresses(const aws::Subnet& subnet)
{
  constexpr std::string_view check = "subnet";
  const std::string where = fmt::format("{} in {}", subnet.id, subnet.availability_zone);
  if (subnet.state != "available") {
    return bad(check, fmt::format("{} is {}", where, subnet.state), "take another subnet");
  }
  if (subnet.ipv6_only) {
    return bad(check, fmt::format("{} gives IPv6 addresses only", where),
               "take a subnet with IPv4, which the machine fetches its bundle with");
  }
  if (subnet.free_addresses <= 0) {
    return bad(check, fmt::format("{} has no free address", where),
               "end machines there, or take another subnet", ErrorKind::capacity);
  }
  const std::string message = fmt::format("{} has {} free address{}", where, subnet.free_addresses,
                                          subnet.free_addresses == 1 ? "" : "es");
  return subnet.free_addresses < k_few
           ? doubtful(check, message, "name a second subnet too, for when it is full")
           : good(check, message);
}

Finding judge_route(const Surroundings& around)
{
  if (const aws::VpcEndpoint* gateway = gateway_of(around)) {
    return good(k_check, fmt::format("{} reaches S3 by the gateway endpoint {}", around.subnet.id,
                                     gateway->id));
  }
  const aws::Route* route = default_route(around.table);
  if (route == nullptr) {
    return nowhere(around);
  }
  if (route->state == "blackhole") {
    return bad(k_check,
               fmt::format("the default route of {} leads to {}, which is gone", around.subnet.id,
                           route->target),
               fmt::format("mend the route table {}", around.table.id));
  }
  if (route->target.starts_with("igw-")) {
    return through_internet_gateway(around, *route);
  }
  return good(k_check, fmt::format("{} leads out by {}, {}", around.subnet.id,
                                   what_is(route->target), route->target));
}

} // namespace flame::boot
