#include "boot/doctor/groups.hpp"
#include "boot/doctor/offers.hpp"
#include "boot/doctor/routes.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace flame;
using namespace flame::boot;

// The rules of doctor, for what a sandbox's one account does not have.
namespace {

aws::Subnet subnet(int addresses = 100, bool gives_public_ip = false)
{
  return {.id = "subnet-1",
          .state = "available",
          .vpc_id = "vpc-1",
          .cidr = "10.0.1.0/24",
          .availability_zone = "eu-west-1a",
          .free_addresses = addresses,
          .gives_public_ip = gives_public_ip};
}

using Endpoints = std::optional<std::vector<aws::VpcEndpoint>>;

Finding route_by(const std::vector<aws::Route>& routes, const Endpoints& endpoints,
                 std::optional<bool> public_ip = {}, bool gives_public_ip = false)
{
  const aws::Subnet where = subnet(100, gives_public_ip);
  const aws::RouteTable table{.id = "rtb-1", .routes = routes};
  return judge_route(
    {.subnet = where, .table = table, .endpoints = endpoints, .public_ip = public_ip});
}

aws::Route out_by(const std::string& target)
{
  return {.destination = "0.0.0.0/0", .target = target, .state = "active"};
}

Endpoints endpoint(const std::string& type, const std::string& table,
                   const std::string& state = "available")
{
  return std::vector<aws::VpcEndpoint>{
    {.id = "vpce-1", .type = type, .service = "s3", .state = state, .route_tables = {table}}};
}

aws::GroupRule rule(const std::string& protocol, std::optional<int> from, std::optional<int> until,
                    const std::string& cidr, const std::string& group = "")
{
  aws::GroupRule made{.protocol = protocol, .from = from, .until = until};
  if (!cidr.empty()) {
    made.cidrs = {cidr};
  }
  if (!group.empty()) {
    made.groups = {group};
  }
  return made;
}

} // namespace

TEST_CASE("doctor: a subnet with few addresses is a warning, with none a failure of capacity")
{
  CHECK(judge_addresses(subnet(100)).verdict == Verdict::ok);
  CHECK(judge_addresses(subnet(7)).verdict == Verdict::warn);
  const Finding full = judge_addresses(subnet(0));
  CHECK(full.verdict == Verdict::fail);
  CHECK(full.kind == ErrorKind::capacity);
  aws::Subnet other = subnet();
  other.ipv6_only = true;
  CHECK(judge_addresses(other).verdict == Verdict::fail);
  other = subnet();
  other.state = "pending";
  CHECK(judge_addresses(other).verdict == Verdict::fail);
}

TEST_CASE("doctor: the ways to S3")
{
  const Endpoints none = std::vector<aws::VpcEndpoint>();
  for (const char* target : {"nat-1", "tgw-1", "eni-1", "i-1", "pcx-1", "vgw-1", "lgw-1"}) {
    CAPTURE(target);
    CHECK(route_by({out_by(target)}, none).verdict == Verdict::ok);
  }
  CHECK(route_by({out_by("igw-1")}, none).verdict == Verdict::fail);
  CHECK(route_by({out_by("igw-1")}, none, true).verdict == Verdict::ok);
  CHECK(route_by({out_by("igw-1")}, none, {}, true).verdict == Verdict::ok);
  CHECK(route_by({out_by("igw-1")}, none, false, true).verdict == Verdict::fail);
  CHECK(route_by({}, none).verdict == Verdict::fail);
  CHECK(route_by({}, endpoint("Gateway", "rtb-1")).verdict == Verdict::ok);
  CHECK(route_by({}, endpoint("Gateway", "rtb-2")).verdict == Verdict::fail);
  CHECK(route_by({}, endpoint("Gateway", "rtb-1", "deleting")).verdict == Verdict::fail);
  CHECK(route_by({}, endpoint("Interface", "rtb-1")).verdict == Verdict::fail);
  const Finding unknown = route_by({}, std::nullopt);
  CHECK(unknown.verdict == Verdict::skip);
  CHECK(unknown.permission == "ec2:DescribeVpcEndpoints");
  CHECK(route_by({out_by("nat-1")}, std::nullopt).verdict == Verdict::ok);
  aws::Route gone = out_by("nat-1");
  gone.state = "blackhole";
  CHECK(route_by({gone}, none).verdict == Verdict::fail);
  CHECK(route_by({gone}, endpoint("Gateway", "rtb-1")).verdict == Verdict::ok);
}

TEST_CASE("doctor: networks within networks")
{
  CHECK(is_within("10.0.1.7/32", "10.0.0.0/16"));
  CHECK(is_within("10.0.1.7", "10.0.1.7"));
  CHECK(is_within("10.0.1.0/24", "10.0.1.0/24"));
  CHECK(is_within("10.0.1.0/24", "0.0.0.0/0"));
  CHECK_FALSE(is_within("10.0.0.0/16", "10.0.1.0/24"));
  CHECK_FALSE(is_within("10.1.0.1", "10.0.0.0/16"));
  for (const char* none : {"", "10.0.0.0/33", "10.0.0.0/x", "10.0.0/8", "::/0", "10.0.0.0/-1"}) {
    CAPTURE(none);
    CHECK_FALSE(is_within("10.0.0.1", none));
    CHECK_FALSE(is_within(none, "0.0.0.0/0"));
  }
}

TEST_CASE("doctor: what a group's rules leave closed")
{
  using All = std::vector<Ports>;
  const Peer peer{.cidr = "10.0.1.0/24", .groups = {"sg-a"}};
  const auto left = [&](const std::vector<aws::GroupRule>& rules, Ports ports) {
    return closed(rules, ports, peer);
  };
  CHECK(left({}, {9100, 9155}) == All{{9100, 9155}});
  CHECK(left({rule("-1", {}, {}, "", "sg-a")}, {0, 65535}).empty());
  CHECK(left({rule("-1", -1, -1, "", "sg-a")}, {0, 65535}).empty());
  CHECK(left({rule("tcp", 9100, 9155, "", "sg-b")}, {9100, 9155}) == All{{9100, 9155}});
  CHECK(left({rule("udp", 9100, 9155, "", "sg-a")}, {9100, 9155}) == All{{9100, 9155}});
  CHECK(left({rule("6", 9100, 9155, "10.0.0.0/8")}, {9100, 9155}).empty());
  CHECK(left({rule("tcp", 9100, 9155, "10.0.1.0/25")}, {9100, 9155}) == All{{9100, 9155}});
  // Several rules together, in any order, with a hole and an overlap.
  CHECK(left({rule("tcp", 9150, 9200, "", "sg-a"), rule("tcp", 9090, 9110, "", "sg-a"),
              rule("tcp", 9105, 9120, "", "sg-a")},
             {9100, 9155})
        == All{{9121, 9149}});
  CHECK(left({rule("tcp", 9120, 9130, "", "sg-a")}, {9100, 9155})
        == All{{9100, 9119}, {9131, 9155}});
  CHECK(left({rule("tcp", 9000, 65535, "", "sg-a")}, {9100, 65535}).empty());
}

TEST_CASE("doctor: the distribution's ports, as Erlang's flags have them")
{
  const std::string flags = "-kernel inet_dist_listen_min 9100  inet_dist_listen_max 9155 -foo";
  CHECK(distribution_ports(flags) == Ports{9100, 9155});
  CHECK(distribution_ports("-kernel inet_dist_listen_min 9100") == Ports{9100, 9100});
  CHECK_FALSE(distribution_ports(""));
  CHECK_FALSE(distribution_ports("-kernel inet_dist_listen_min"));
  CHECK_FALSE(distribution_ports("-kernel inet_dist_listen_min many"));
}

TEST_CASE("doctor: what groups let out")
{
  const auto verdict = [](const aws::GroupRule& egress) {
    const std::vector<aws::SecurityGroup> groups = {{.id = "sg-1", .egress = {egress}}};
    return judge_way_out(groups).verdict;
  };
  CHECK(verdict(rule("-1", {}, {}, "0.0.0.0/0")) == Verdict::ok);
  CHECK(verdict(rule("tcp", 443, 443, "0.0.0.0/0")) == Verdict::ok);
  CHECK(verdict(rule("tcp", 443, 443, "10.0.0.0/8")) == Verdict::warn);
  CHECK(verdict(rule("tcp", 80, 80, "0.0.0.0/0")) == Verdict::fail);
  CHECK(verdict(rule("udp", 443, 443, "0.0.0.0/0")) == Verdict::fail);
  aws::GroupRule to_list = rule("tcp", 443, 443, "");
  to_list.prefix_lists = {"pl-1"};
  CHECK(verdict(to_list) == Verdict::ok);
  const aws::SecurityGroup one = {.id = "sg-1", .egress = {rule("-1", {}, {}, "0.0.0.0/0")}};
  const aws::SecurityGroup other = {.id = "sg-2"};
  CHECK(judge_way_out(std::vector{one}).message == "sg-1 lets HTTPS out");
  CHECK(judge_way_out(std::vector{one, other}).message == "sg-1, sg-2 let HTTPS out");
}

TEST_CASE("doctor: a type must be offered in a zone, and another type makes up for it")
{
  const std::vector<aws::TypeOffering> offered = {
    {"t3.nano", "a"}, {"t3.nano", "b"}, {"m7i.large", "b"}};
  const auto all = judge_offers({"t3.nano"}, {"a", "b"}, offered);
  REQUIRE(all.size() == 1);
  CHECK(all[0].verdict == Verdict::ok);
  CHECK(all[0].message == "t3.nano is offered in a, b");
  CHECK(judge_offers({"m7i.large"}, {"a", "b"}, offered)[0].message
        == "m7i.large is offered in b, and not in a");
  const auto none = judge_offers({"m7i.large"}, {"a"}, offered);
  CHECK(none[0].verdict == Verdict::fail);
  CHECK(none[0].kind == ErrorKind::capacity);
  const auto two = judge_offers({"m7i.large", "t3.nano"}, {"a"}, offered);
  CHECK(two[0].verdict == Verdict::warn);
  CHECK(two[1].verdict == Verdict::ok);
  CHECK(judge_offers({}, {"a"}, offered).empty());
  const auto unknown = judge_offers({"t9.nano"}, {"a"}, offered);
  CHECK(unknown[0].kind == ErrorKind::config);
  CHECK(unknown[0].message == "no zone of the Region offers t9.nano");
}
