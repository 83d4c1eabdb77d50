#include "aws/ec2_xml.hpp"
#include "support/fixture.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::aws;
using test::fixture;

namespace {

// What is said about a text that is no answer to RunInstances.
std::string refusal(std::string_view xml)
{
  const auto answer = parse_run_instances(xml);
  REQUIRE(!answer);
  CHECK(answer.error().error_class == ErrorClass::answer);
  CHECK(answer.error().error.kind == ErrorKind::network);
  CHECK(answer.error().may_have_happened);
  CHECK(!answer.error().error.hint.empty());
  return answer.error().error.message;
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

} // namespace

TEST_CASE("aws::parse_run_instances reads every machine of the answer")
{
  const auto machines = parse_run_instances(fixture("xml/run_instances.xml"));
  REQUIRE(machines);
  REQUIRE(machines->size() == 2);
  const Instance& first = machines->front();
  CHECK(first.id == "i-0a1b2c3d4e5f60718");
  CHECK(first.state == InstanceState::pending);
  CHECK(first.image_id == "ami-0a1b2c3d");
  CHECK(first.instance_type == "t3.nano");
  CHECK(first.subnet_id == "subnet-1");
  CHECK(first.vpc_id == "vpc-1");
  CHECK(first.availability_zone == "eu-west-1a");
  CHECK(first.private_ip == "10.0.0.9");
  CHECK(first.public_ip.empty());
  CHECK(first.client_token == "3f1c");
  CHECK(first.launch_time == "2026-01-15T08:15:30.000Z");
  CHECK(first.key_name == "deploy");
  CHECK(first.instance_profile_arn == "arn:aws:iam::123456789012:instance-profile/runner");
  CHECK(first.state_reason_code == "pending");
  CHECK(first.owner_id == "123456789012");
  CHECK(first.lifecycle.empty());
  CHECK(first.security_group_ids == std::vector<std::string>{"sg-1", "sg-2"});
  CHECK(
    first.tags
    == std::map<std::string, std::string>{{"Name", "a <b> & c"}, {"blank", " "}, {"empty", ""}});
  const Instance& second = machines->back();
  CHECK(second.lifecycle == "spot");
  CHECK(second.private_ip.empty());
  CHECK(second.ipv6_address == "2001:db8::9");
  CHECK(second.owner_id == "123456789012");
}

TEST_CASE("aws::parse_describe_instances reads both levels of lists")
{
  const auto page = parse_describe_instances(fixture("xml/describe_instances.xml"));
  REQUIRE(page);
  CHECK(page->next_token == "eyJ2IjoiMiJ9");
  REQUIRE(page->items.size() == 3);
  CHECK(page->items[0].public_ip == "203.0.113.9");
  CHECK(page->items[0].ipv6_address == "2001:db8::1");
  CHECK(page->items[1].id == "i-2");
  CHECK(page->items[1].owner_id == "123456789012");
  CHECK(page->items[1].state == InstanceState::shutting_down);
  CHECK(page->items[2].owner_id == "210987654321");
  CHECK(page->items[2].state_reason_code == "Server.InsufficientInstanceCapacity");
  CHECK(page->items[2].reason == "Server.InsufficientInstanceCapacity");
}

TEST_CASE("aws: where and how a machine runs is told by the names of RunInstances")
{
  const auto page = parse_describe_instances(
    "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>"
    "<instanceId>i-0a1b2c3d</instanceId>"
    "<placement><groupName>close</groupName><tenancy>dedicated</tenancy></placement>"
    "<metadataOptions><httpPutResponseHopLimit>2</httpPutResponseHopLimit>"
    "<instanceMetadataTags>enabled</instanceMetadataTags></metadataOptions>"
    "<privateDnsNameOptions><hostnameType>resource-name</hostnameType>"
    "<enableResourceNameDnsARecord>true</enableResourceNameDnsARecord></privateDnsNameOptions>"
    "<capacityReservationSpecification><capacityReservationTarget>"
    "<capacityReservationId>cr-1</capacityReservationId></capacityReservationTarget>"
    "</capacityReservationSpecification>"
    "</item></instancesSet></item></reservationSet></DescribeInstancesResponse>");
  REQUIRE(page);
  REQUIRE(page->items.size() == 1);
  CHECK(
    page->items[0].placed
    == Params{{"Placement.GroupName", "close"},
              {"Placement.Tenancy", "dedicated"},
              {"MetadataOptions.HttpPutResponseHopLimit", "2"},
              {"MetadataOptions.InstanceMetadataTags", "enabled"},
              {"PrivateDnsNameOptions.HostnameType", "resource-name"},
              {"PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"},
              {"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
               "cr-1"}});
}

TEST_CASE("aws::parse_describe_instances: no machine is an answer too")
{
  const auto page = parse_describe_instances(fixture("xml/describe_nothing.xml"));
  REQUIRE(page);
  CHECK(page->items.empty());
  CHECK(page->next_token.empty());
  CHECK(parse_describe_instances("<DescribeInstancesResponse/>"));
}

TEST_CASE("aws: volumes and network interfaces are read alike")
{
  const auto volumes = parse_describe_volumes(fixture("xml/describe_volumes.xml"));
  REQUIRE(volumes);
  CHECK(volumes->next_token == "eyJ2IjoiMyJ9");
  REQUIRE(volumes->items.size() == 2);
  CHECK(volumes->items[0].kind == ResourceKind::volume);
  CHECK(volumes->items[0].id == "vol-1234567890abcdef0");
  CHECK(volumes->items[0].state == "available");
  CHECK(volumes->items[0].availability_zone == "eu-west-1a");
  CHECK(volumes->items[0].tags.at("flame-ec2:app") == "demo");
  CHECK(volumes->items[1].state == "in-use");
  CHECK(volumes->items[1].tags.empty());
  const auto interfaces =
    parse_describe_network_interfaces(fixture("xml/describe_network_interfaces.xml"));
  REQUIRE(interfaces);
  REQUIRE(interfaces->items.size() == 1);
  CHECK(interfaces->next_token.empty());
  CHECK(interfaces->items[0].kind == ResourceKind::network_interface);
  CHECK(interfaces->items[0].id == "eni-0f62d866");
  CHECK(interfaces->items[0].tags.at("flame-ec2:run-id") == "ci-8");
  CHECK(parse_describe_volumes("<DescribeVolumesResponse/>"));
  for (const std::string_view id : {"", "vol-", "eni-0f62d866", "vol-1; reboot"}) {
    const auto odd = parse_describe_volumes(
      replaced(fixture("xml/describe_volumes.xml"), "vol-1234567890abcdef0", id));
    REQUIRE(!odd);
    CHECK(odd.error().error.message
          == "AWS's answer to DescribeVolumes has a volume without an id");
  }
}

TEST_CASE("aws::parse_describe_regions leaves out what is not enabled")
{
  const auto regions = parse_describe_regions(fixture("xml/describe_regions.xml"));
  REQUIRE(regions);
  CHECK(*regions == std::vector<std::string>{"us-east-1", "eu-south-1"});
  CHECK(!parse_describe_regions("<DescribeRegionsResponse/>"));
}

TEST_CASE("aws::parse_terminate_instances reads what each machine was and is")
{
  const auto changes = parse_terminate_instances(fixture("xml/terminate_instances.xml"));
  REQUIRE(changes);
  REQUIRE(changes->size() == 2);
  CHECK((*changes)[0].id == "i-1");
  CHECK((*changes)[0].current == InstanceState::shutting_down);
  CHECK((*changes)[0].previous == InstanceState::running);
  CHECK((*changes)[1].previous == InstanceState::terminated);
}

TEST_CASE("aws::parse_console_output decodes the text")
{
  const auto console = parse_console_output(fixture("xml/console_output.xml"));
  REQUIRE(console);
  CHECK(console->timestamp == "2026-01-15T08:16:30.000Z");
  CHECK(console->text == "[    0.000000] Linux version 6.1\nbooted\r\n");
  SUBCASE("none yet")
  {
    const auto none = parse_console_output("<GetConsoleOutputResponse><instanceId>i-1</instanceId>"
                                           "</GetConsoleOutputResponse>");
    REQUIRE(none);
    CHECK(none->text.empty());
  }
  SUBCASE("not base64")
  {
    const auto broken = parse_console_output(
      "<GetConsoleOutputResponse><output>?</output></GetConsoleOutputResponse>");
    REQUIRE(!broken);
    CHECK(broken.error().error.message
          == "AWS's answer to GetConsoleOutput has an output that is no base64");
  }
}

TEST_CASE("aws: what is no answer is refused with what it is")
{
  CHECK(refusal("") == "AWS's answer to RunInstances is empty");
  CHECK(refusal(" \r\n") == "AWS's answer to RunInstances is empty");
  CHECK(refusal("<!DOCTYPE HTML><html><body>Sign in</body></html>")
        == "AWS's answer to RunInstances is an HTML page");
  CHECK(refusal("\n<HTML>") == "AWS's answer to RunInstances is an HTML page");
  CHECK(refusal("Bad gateway") == "AWS's answer to RunInstances is no XML");
  CHECK(refusal("{\"a\":1}") == "AWS's answer to RunInstances is no XML");
  CHECK(refusal(fixture("xml/terminate_instances.xml"))
        == "AWS's answer to RunInstances is <TerminateInstancesResponse> and not "
           "<RunInstancesResponse>");
  CHECK(refusal("<RunInstancesResponse>\xff</RunInstancesResponse>")
        == "AWS's answer to RunInstances is no UTF-8 text");
  CHECK(refusal(std::string("<RunInstancesResponse>\0</RunInstancesResponse>", 46))
        == "AWS's answer to RunInstances is no UTF-8 text");
  CHECK(refusal("<RunInstancesResponse/>") == "AWS's answer to RunInstances has no machine");
  CHECK(refusal("<RunInstancesResponse/><a/>")
        == "AWS's answer to RunInstances has text or elements beside its root");
  CHECK(refusal("<RunInstancesResponse/> and more")
        == "AWS's answer to RunInstances has text or elements beside its root");
}

TEST_CASE("aws: an answer that was cut anywhere is refused")
{
  const std::string whole = fixture("xml/run_instances.xml");
  const std::size_t end = whole.rfind('>');
  for (std::size_t size = 0; size <= end; ++size) {
    CAPTURE(size);
    const auto answer = parse_run_instances(whole.substr(0, size));
    REQUIRE(!answer);
    CHECK(answer.error().error_class == ErrorClass::answer);
  }
}

TEST_CASE("aws: a document type is refused, so no entity grows")
{
  CHECK(refusal("<!DOCTYPE a [<!ENTITY x \"xxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;\">]>"
                "<RunInstancesResponse>&y;</RunInstancesResponse>")
        == "AWS's answer to RunInstances has a document type, which AWS never sends");
}

TEST_CASE("aws: an answer nested too deeply is refused")
{
  const auto nested = [](int levels) {
    std::string xml = "<DescribeInstancesResponse>";
    for (int i = 1; i < levels; ++i) {
      xml += "<a>";
    }
    for (int i = 1; i < levels; ++i) {
      xml += "</a>";
    }
    return parse_describe_instances(xml + "</DescribeInstancesResponse>");
  };
  CHECK(nested(64));
  REQUIRE(!nested(65));
  CHECK(nested(200000).error().error.message
        == "AWS's answer to DescribeInstances is nested too deeply");
}

TEST_CASE("aws: a machine that could not be named in a script is refused")
{
  const std::string xml = fixture("xml/run_instances.xml");
  const std::string id = "<instanceId>i-0a1b2c3d4e5f60718</instanceId>";
  for (const std::string_view other :
       {"", "<instanceId/>", "<instanceId>i-</instanceId>", "<instanceId>i-1; reboot</instanceId>",
        "<instanceId>i-1&#10;i-2</instanceId>", "<instanceId>x</instanceId>"}) {
    CAPTURE(other);
    CHECK(refusal(replaced(xml, id, other))
          == "AWS's answer to RunInstances has a machine without an id");
  }
  CHECK(parse_run_instances(replaced(xml, id, "<instanceId><![CDATA[i-1]]></instanceId>")));
}

TEST_CASE("aws: an error document is an error, whatever the status says")
{
  const auto answer = parse_run_instances(fixture("xml/error_capacity.xml"));
  REQUIRE(!answer);
  CHECK(answer.error().error_class == ErrorClass::capacity);
}

TEST_CASE("aws::parse_error reads EC2's, STS's and S3's documents")
{
  const ApiError ec2 = parse_error("RunInstances", fixture("xml/error_capacity.xml"), 500);
  CHECK(ec2.error_class == ErrorClass::capacity);
  CHECK(ec2.http_status == 500);
  CHECK(ec2.error.request_id == "6c3c9d4a-6f1c-4e2d-9a7e-0f5a1b2c3d4e");
  CHECK(ec2.error.message.find("choosing us-east-1b, us-east-1c (Insufficient")
        != std::string::npos);

  const ApiError denied = parse_error("RunInstances", fixture("xml/error_unauthorized.xml"), 403);
  CHECK(denied.error.kind == ErrorKind::denied);
  CHECK(denied.error.message.find("AbCdEf") == std::string::npos);
  CHECK(denied.encoded_message == "AbCdEf0123-_GhIjKl");

  const ApiError sts = parse_error("GetCallerIdentity", fixture("xml/error_sts.xml"), 403);
  CHECK(sts.error_class == ErrorClass::credentials);
  CHECK(sts.error.request_id == "1a2b");

  const ApiError s3 = parse_error("HeadObject", fixture("xml/error_s3.xml"), 400);
  CHECK(s3.error_class == ErrorClass::signature);
  CHECK(s3.error.request_id == "9Z8Y");
  CHECK(s3.error.hint == "the bucket is in Region eu-west-1");
}

TEST_CASE("aws::parse_error: a body that is not AWS's")
{
  SUBCASE("a failing server's page is a passing failure")
  {
    const ApiError failed = parse_error("RunInstances", "<html>502</html>", 502);
    CHECK(failed.error_class == ErrorClass::transient);
    CHECK(failed.may_have_happened);
    CHECK(failed.error.message
          == "RunInstances failed: HTTP status 502, with an answer that is an HTML page");
  }
  SUBCASE("no body: the status alone")
  {
    CHECK(parse_error("RunInstances", "", 503).error_class == ErrorClass::transient);
    CHECK(parse_error("HeadObject", "", 403).error_class == ErrorClass::permission);
    CHECK(parse_error("RunInstances", "", 503).error.message
          == "RunInstances failed with HTTP status 503");
  }
  SUBCASE("too many requests, said by something before EC2")
  {
    CHECK(parse_error("RunInstances", "slow down", 429).error_class == ErrorClass::throttle);
  }
  SUBCASE("a proxy's page never reached EC2")
  {
    const ApiError failed = parse_error("RunInstances", "<html>Sign in</html>", 403);
    CHECK(failed.error_class == ErrorClass::answer);
    CHECK(!failed.may_have_happened);
    CHECK(failed.http_status == 403);
    CHECK(failed.error.message == "AWS's answer to RunInstances is an HTML page (HTTP status 403)");
  }
  SUBCASE("XML without a code")
  {
    CHECK(parse_error("RunInstances", "<Response/>", 400).error.message
          == "AWS's answer to RunInstances is <Response> without an error code (HTTP status 400)");
    CHECK(parse_error("RunInstances", "<Error><Code/></Error>", 500).error_class
          == ErrorClass::transient);
  }
  SUBCASE("a region that is none is no hint")
  {
    const ApiError failed = parse_error(
      "HeadObject", "<Error><Code>PermanentRedirect</Code><Region>a\x1b[2J</Region></Error>", 301);
    CHECK(failed.error.hint == "the bucket is in another Region");
  }
}

TEST_CASE("aws::parse_text reads one element")
{
  const std::string xml = fixture("xml/caller_identity.xml");
  const std::string result = "GetCallerIdentityResponse/GetCallerIdentityResult/";
  CHECK(parse_text(xml, result + "Account") == "123456789012");
  CHECK(parse_text(xml, "GetCallerIdentityResponse"));
  SUBCASE("which must be there")
  {
    const auto missing = parse_text(xml, result + "Colour");
    REQUIRE(!missing);
    CHECK(missing.error().error.message
          == "AWS's answer to GetCallerIdentity has no GetCallerIdentityResult/Colour");
  }
  SUBCASE("below the right root")
  {
    CHECK(!parse_text(xml, "AssumeRoleResponse/AssumeRoleResult"));
  }
}
