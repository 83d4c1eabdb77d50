#include "sandbox/world.hpp"
#include "unit/sandbox/ec2_fixture.hpp"

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::string>;

Ids described(Ec2Fixture& ec2, const Params& params)
{
  const auto answer = ec2.call("DescribeInstances", params);
  REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
  return Ec2Fixture::ids_in(*answer);
}

Ids filtered(Ec2Fixture& ec2, const std::string& name, const std::string& value)
{
  return described(ec2, {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}});
}

} // namespace

TEST_CASE("sandbox: DescribeInstances filters by everything a machine is known by")
{
  Ec2Fixture ec2;
  const std::string subnet(subnets()[1].id);
  const std::string a = ec2.run_one({{"ClientToken", "t-1"},
                                     {"TagSpecification.1.ResourceType", "instance"},
                                     {"TagSpecification.1.Tag.1.Key", "flame-ec2:run-id"},
                                     {"TagSpecification.1.Tag.1.Value", "ci-7"}});
  const std::string b = ec2.run_one({{"SubnetId", subnet}, {"InstanceType", "m5.large"}});
  CHECK(filtered(ec2, "client-token", "t-1") == Ids{a});
  CHECK(filtered(ec2, "instance-id", b) == Ids{b});
  CHECK(filtered(ec2, "instance-type", "m5.*") == Ids{b});
  CHECK(filtered(ec2, "instance-type", "?3.nano") == Ids{a});
  CHECK(filtered(ec2, "private-ip-address", "10.0.2.20") == Ids{b});
  CHECK(filtered(ec2, "subnet-id", subnet) == Ids{b});
  CHECK(filtered(ec2, "tag:flame-ec2:run-id", "ci-7") == Ids{a});
  CHECK(filtered(ec2, "tag:flame-ec2:run-id", "ci-*") == Ids{a});
  CHECK(filtered(ec2, "tag:flame-ec2:run-id", "CI-7").empty());
  CHECK(filtered(ec2, "tag-key", "flame-ec2:run-id") == Ids{a});
  CHECK(filtered(ec2, "instance-state-name", "running").empty());
  ec2.clock.pass(1s);
  CHECK(filtered(ec2, "instance-state-name", "running") == Ids{a, b});
  // Of one filter any value, of several filters all.
  CHECK(described(ec2, {{"Filter.1.Name", "instance-id"},
                        {"Filter.1.Value.1", a},
                        {"Filter.1.Value.2", b},
                        {"Filter.2.Name", "instance-type"},
                        {"Filter.2.Value.1", "m5.large"}})
        == Ids{b});
}

TEST_CASE("sandbox: DescribeInstances refuses with EC2's own codes")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one();
  const auto code = [&](const Params& params) {
    return code_of(ec2.call("DescribeInstances", params));
  };
  CHECK(code({{"Filter.1.Name", "colour"}, {"Filter.1.Value.1", "x"}}) == "InvalidParameterValue");
  CHECK(code({{"Filter.1.Name", "vpc-id"}}) == "InvalidParameterValue");
  CHECK(code({{"InstanceId.1", id}, {"MaxResults", "5"}}) == "InvalidParameterCombination");
  CHECK(code({{"MaxResults", "4"}}) == "InvalidParameterValue");
  CHECK(code({{"MaxResults", "1001"}}) == "InvalidParameterValue");
  CHECK(code({{"NextToken", "made up"}}) == "InvalidParameterValue");
  CHECK(code({{"InstanceIds.1", id}}) == "UnknownParameter");
  CHECK(code({{"InstanceId.1", "i-0123456789abcdef0"}}) == "InvalidInstanceID.NotFound");
  CHECK(code({{"InstanceId.1", "0"}}) == "InvalidInstanceID.Malformed");
  CHECK(code({{"DryRun", "true"}}) == "DryRunOperation");
}

TEST_CASE("sandbox: DescribeInstances gives pages that join to the whole, in order")
{
  Ec2Fixture ec2;
  Ids all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(ec2.run_one());
  }
  Ids joined;
  Params params = {{"MaxResults", "5"}};
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto page = ec2.call("DescribeInstances", params);
    REQUIRE(page);
    const Ids ids = Ec2Fixture::ids_in(*page);
    joined.insert(joined.end(), ids.begin(), ids.end());
    more = page->find("<nextToken>") != std::string::npos;
    if (more) {
      params["NextToken"] = Ec2Fixture::text_in(*page, "nextToken");
    }
  }
  CHECK(pages == 3);
  CHECK(joined == all);
}

TEST_CASE("sandbox: a page's token outlives a change of its last machine")
{
  Ec2Fixture ec2;
  for (int i = 0; i < 6; ++i) {
    ec2.run_one();
  }
  Params params = {
    {"MaxResults", "5"}, {"Filter.1.Name", "instance-state-name"}, {"Filter.1.Value.1", "pending"}};
  const auto page = ec2.call("DescribeInstances", params);
  REQUIRE(page);
  params["NextToken"] = Ec2Fixture::text_in(*page, "nextToken");
  ec2.call("TerminateInstances", {{"InstanceId.1", Ec2Fixture::ids_in(*page).back()}});
  CHECK(described(ec2, params).size() == 1);
}

TEST_CASE("sandbox: machines of one launch stand in one reservation")
{
  Ec2Fixture ec2;
  REQUIRE(ec2.run({{"MinCount", "2"}, {"MaxCount", "2"}}).has_value());
  ec2.run_one();
  const auto answer = ec2.call("DescribeInstances", {});
  REQUIRE(answer);
  std::size_t reservations = 0;
  for (auto at = answer->find("<reservationId>"); at != std::string::npos;
       at = answer->find("<reservationId>", at + 1)) {
    ++reservations;
  }
  CHECK(reservations == 2);
}

TEST_CASE("sandbox: an empty account is an empty set")
{
  Ec2Fixture ec2;
  const auto answer = ec2.call("DescribeInstances", {});
  REQUIRE(answer);
  CHECK(answer->find("<reservationSet></reservationSet>") != std::string::npos);
}
