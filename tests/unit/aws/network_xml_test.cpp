#include "aws/iam.hpp"
#include "aws/network_xml.hpp"
#include "support/fixture.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::aws;

namespace {

std::string xml(const std::string& name)
{
  return test::fixture("xml/" + name + ".xml");
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("network_xml: subnets, and that there are more of them")
{
  const auto page = parse_describe_subnets(xml("describe_subnets"));
  REQUIRE(page);
  REQUIRE(page->items.size() == 2);
  const Subnet& first = page->items[0];
  CHECK(first.id == "subnet-0a1b2c3d4e5f60718");
  CHECK(first.state == "available");
  CHECK(first.vpc_id == "vpc-0a1b2c3d4e5f60718");
  CHECK(first.cidr == "10.0.1.0/24");
  CHECK(first.availability_zone == "eu-west-1a");
  CHECK(first.free_addresses == 250);
  CHECK(first.gives_public_ip);
  CHECK_FALSE(first.ipv6_only);
  CHECK(page->items[1].ipv6_only);
  CHECK(page->items[1].free_addresses == 0);
  CHECK(page->next_token == "more");
}

TEST_CASE("network_xml: routes have one destination and one target")
{
  const auto page = parse_describe_route_tables(xml("describe_route_tables"));
  REQUIRE(page);
  REQUIRE(page->items.size() == 1);
  CHECK(page->items[0].id == "rtb-13ad487a");
  const auto& routes = page->items[0].routes;
  REQUIRE(routes.size() == 3);
  CHECK(routes[0].target == "local");
  CHECK(routes[1].destination == "0.0.0.0/0");
  CHECK(routes[1].target == "nat-0a1b2c3d4e5f60718");
  CHECK(routes[1].state == "blackhole");
  CHECK(routes[2].destination == "pl-63a5400a");
  CHECK(routes[2].target == "vpce-1a2b3c4d");
}

TEST_CASE("network_xml: endpoints and their route tables")
{
  const auto page = parse_describe_vpc_endpoints(xml("describe_vpc_endpoints"));
  REQUIRE(page);
  REQUIRE(page->items.size() == 1);
  CHECK(page->items[0].id == "vpce-abc12345");
  CHECK(page->items[0].type == "Gateway");
  CHECK(page->items[0].service == "com.amazonaws.us-east-1.s3");
  CHECK(page->items[0].state == "available");
  CHECK(page->items[0].route_tables == Texts{"rtb-4e5ef02b", "rtb-13ad487a"});
}

TEST_CASE("network_xml: groups and their rules, in and out")
{
  const auto page = parse_describe_security_groups(xml("describe_security_groups"));
  REQUIRE(page);
  REQUIRE(page->items.size() == 1);
  const SecurityGroup& group = page->items[0];
  CHECK(group.id == "sg-9bf6ceff");
  CHECK(group.name == "parents");
  CHECK(group.vpc_id == "vpc-31896b55");
  REQUIRE(group.ingress.size() == 1);
  CHECK(group.ingress[0].protocol == "tcp");
  CHECK(group.ingress[0].from == 4369);
  CHECK(group.ingress[0].until == 4369);
  CHECK(group.ingress[0].cidrs == Texts{"10.0.0.0/16", "192.0.2.0/24"});
  CHECK(group.ingress[0].groups == Texts{"sg-0a1b2c3d"});
  REQUIRE(group.egress.size() == 1);
  CHECK(group.egress[0].protocol == "-1");
  CHECK_FALSE(group.egress[0].from);
  CHECK(group.egress[0].prefix_lists == Texts{"pl-63a5400a"});
}

TEST_CASE("network_xml: interfaces and their groups")
{
  const auto page = parse_interfaces(
    "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>"
    "<networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId>"
    "<vpcId>vpc-1</vpcId><privateIpAddress>10.0.0.7</privateIpAddress><groupSet><item>"
    "<groupId>sg-1</groupId></item><item><groupId>sg-2</groupId></item></groupSet>"
    "</item></networkInterfaceSet></DescribeNetworkInterfacesResponse>");
  REQUIRE(page);
  REQUIRE(page->items.size() == 1);
  CHECK(page->items[0].vpc_id == "vpc-1");
  CHECK(page->items[0].private_ip == "10.0.0.7");
  CHECK(page->items[0].group_ids == Texts{"sg-1", "sg-2"});
}

TEST_CASE("network_xml: what is no answer of EC2's is none")
{
  for (const char* text :
       {"", "<html/>", "<DescribeVolumesResponse/>",
        "<DescribeSubnetsResponse><subnetSet><item/></subnetSet></DescribeSubnetsResponse>"}) {
    CAPTURE(text);
    const auto page = parse_describe_subnets(text);
    REQUIRE_FALSE(page);
    CHECK(page.error().error_class == ErrorClass::answer);
  }
  CHECK(parse_describe_subnets("<DescribeSubnetsResponse/>")->items.empty());
}

TEST_CASE("iam: an instance profile and the role in it")
{
  const auto found = parse_instance_profile(xml("get_instance_profile"));
  REQUIRE(found);
  CHECK(found->arn == "arn:aws:iam::123456789012:instance-profile/team/runner");
  CHECK(found->role == "builder");
  CHECK_FALSE(parse_instance_profile("<GetInstanceProfileResponse/>"));
  CHECK(get_instance_profile_form("a+b")
        == "Action=GetInstanceProfile&Version=2010-05-08&InstanceProfileName=a%2Bb");
}

TEST_CASE("iam: each partition has one, with a region of its own")
{
  const auto place = [](std::string_view region) {
    const IamPlace found = iam_place(region);
    return found.endpoint.host + " " + found.region;
  };
  CHECK(place("eu-west-1") == "iam.amazonaws.com us-east-1");
  CHECK(place("cn-northwest-1") == "iam.cn-north-1.amazonaws.com.cn cn-north-1");
  CHECK(place("us-gov-east-1") == "iam.us-gov.amazonaws.com us-gov-west-1");
  CHECK(place("eusc-de-east-1") == "iam.eusc-de-east-1.amazonaws.eu eusc-de-east-1");
  for (const std::string_view region : known_regions()) {
    CHECK(place(region).starts_with("iam."));
  }
}

TEST_CASE("aws::parse_type_offerings gives the zones of types")
{
  const auto page = parse_type_offerings(
    "<DescribeInstanceTypeOfferingsResponse><requestId>r</requestId><instanceTypeOfferingSet>"
    "<item><instanceType>t3.nano</instanceType><locationType>availability-zone</locationType>"
    "<location>eu-west-1a</location></item></instanceTypeOfferingSet><nextToken>more</nextToken>"
    "</DescribeInstanceTypeOfferingsResponse>");
  REQUIRE(page);
  REQUIRE(page->items.size() == 1);
  CHECK(page->items[0].id == "t3.nano");
  CHECK(page->items[0].zone == "eu-west-1a");
  CHECK(page->next_token == "more");
  CHECK_FALSE(parse_type_offerings("<DescribeSubnetsResponse/>"));
}
