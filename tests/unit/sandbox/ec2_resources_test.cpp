#include "sandbox/world.hpp"
#include "unit/sandbox/ec2_fixture.hpp"

#include <algorithm>

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

namespace {

std::string told(Ec2Fixture& ec2, const std::string& action, const Params& params = {})
{
  const auto answer = ec2.call(action, params);
  REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
  return *answer;
}

bool has(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

Params tagged(const std::string& resource)
{
  return {{"TagSpecification.1.ResourceType", resource},
          {"TagSpecification.1.Tag.1.Key", "flame-ec2:run-id"},
          {"TagSpecification.1.Tag.1.Value", "ci-7"}};
}

Resource leftover(std::string_view line)
{
  const auto resource = parse_leftover(line, "us-east-1");
  REQUIRE(resource);
  return *resource;
}

} // namespace

TEST_CASE("sandbox: a machine has a volume and an interface, with the tags of the launch")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one(tagged("volume"));
  const std::string volumes = told(ec2, "DescribeVolumes");
  CHECK(has(volumes, "<volumeId>vol-" + id.substr(2) + "</volumeId>"));
  CHECK(has(volumes, "<status>in-use</status>"));
  CHECK(has(volumes, "<key>flame-ec2:run-id</key><value>ci-7</value>"));
  const std::string interfaces = told(ec2, "DescribeNetworkInterfaces");
  CHECK(has(interfaces, "<networkInterfaceId>eni-" + id.substr(2) + "</networkInterfaceId>"));
  CHECK(!has(interfaces, "ci-7"));
  CHECK(has(told(ec2, "DescribeInstances"), "eni-" + id.substr(2)));
  ec2.call("TerminateInstances", {{"InstanceId.1", id}});
  ec2.clock.pass(1s);
  CHECK(!has(told(ec2, "DescribeVolumes"), "vol-"));
}

TEST_CASE("sandbox: what is left behind is found by state and tag")
{
  Ec2Fixture ec2;
  ec2.run_one(tagged("volume"));
  const Resource volume = leftover("volume flame-ec2:run-id=ci-8 flame-ec2:app=demo");
  ec2.state.leave(volume);
  ec2.state.leave(leftover("network-interface"));
  const Params available = {{"Filter.1.Name", "status"},
                            {"Filter.1.Value.1", "available"},
                            {"Filter.2.Name", "tag-key"},
                            {"Filter.2.Value.1", "flame-ec2:run-id"}};
  const std::string found = told(ec2, "DescribeVolumes", available);
  CHECK(has(found, volume.id));
  CHECK(!has(found, "in-use"));
  CHECK(!has(told(ec2, "DescribeNetworkInterfaces", available), "eni-"));
  CHECK(has(told(ec2, "DescribeVolumes", {{"VolumeId.1", volume.id}}), volume.id));
  CHECK(!has(*ec2.call("DescribeVolumes", available, "eu-west-1"), "vol-"));
  CHECK(!parse_leftover("disk", "us-east-1"));
  CHECK(!parse_leftover("volume novalue", "us-east-1"));
}

TEST_CASE("sandbox: volumes come in pages, and with EC2's own refusals")
{
  Ec2Fixture ec2;
  for (int i = 0; i < 7; ++i) {
    ec2.state.leave(leftover("volume"));
  }
  const std::string page = told(ec2, "DescribeVolumes", {{"MaxResults", "5"}});
  const std::string rest =
    told(ec2, "DescribeVolumes",
         {{"MaxResults", "5"}, {"NextToken", Ec2Fixture::text_in(page, "nextToken")}});
  CHECK(!has(rest, "nextToken"));
  CHECK(!has(rest, Ec2Fixture::text_in(page, "volumeId")));
  const auto code = [&](const std::string& action, const Params& params) {
    return code_of(ec2.call(action, params));
  };
  CHECK(code("DescribeVolumes", {{"VolumeId.1", "vol-0"}}) == "InvalidVolume.NotFound");
  CHECK(code("DescribeVolumes", {{"InstanceId.1", "i-0"}}) == "UnknownParameter");
  CHECK(code("DescribeVolumes", {{"Filter.1.Name", "instance-id"}, {"Filter.1.Value.1", "x"}})
        == "InvalidParameterValue");
  CHECK(code("DescribeNetworkInterfaces", {{"DryRun", "true"}}) == "DryRunOperation");
}

TEST_CASE("sandbox: DescribeRegions tells what is enabled, and the rest when asked")
{
  Ec2Fixture ec2;
  ec2.regions = {"us-east-1", "eu-west-1"};
  CHECK(has(told(ec2, "DescribeRegions"), "<regionName>eu-west-1</regionName>"));
  CHECK(!has(told(ec2, "DescribeRegions"), "not-opted-in"));
  CHECK(has(told(ec2, "DescribeRegions", {{"AllRegions", "true"}}), "not-opted-in"));
  CHECK(code_of(ec2.call("DescribeRegions", {{"RegionName.1", "mars-1"}}))
        == "InvalidParameterValue");
}

TEST_CASE("sandbox: a protected machine keeps those of its zone alive, and no others")
{
  Ec2Fixture ec2;
  const std::string protected_one = ec2.run_one({{"DisableApiTermination", "true"}});
  const std::string beside = ec2.run_one();
  const std::string elsewhere = ec2.run_one({{"SubnetId", std::string(subnets()[1].id)}});
  CHECK(code_of(ec2.call(
          "TerminateInstances",
          {{"InstanceId.1", beside}, {"InstanceId.2", protected_one}, {"InstanceId.3", elsewhere}}))
        == "OperationNotPermitted");
  ec2.clock.pass(1s);
  CHECK(ec2.find(protected_one).state == State::running);
  CHECK(ec2.find(beside).state == State::running);
  CHECK(ec2.find(elsewhere).state == State::terminated);
}

TEST_CASE("sandbox: old types have no latest console; what a test says is on it")
{
  Ec2Fixture ec2;
  const std::string old = ec2.run_one({{"InstanceType", "t2.nano"}});
  const std::string id = ec2.run_one();
  CHECK(code_of(ec2.call("GetConsoleOutput", {{"InstanceId", old}, {"Latest", "true"}}))
        == "UnsupportedOperation");
  ec2.state.say(id, "hello\n");
  ec2.state.say(id, "again\n");
  const auto console = from_base64(Ec2Fixture::text_in(
    told(ec2, "GetConsoleOutput", {{"InstanceId", id}, {"Latest", "true"}}), "output"));
  REQUIRE(console);
  CHECK(console->ends_with("\nhello\nagain\n"));
}
