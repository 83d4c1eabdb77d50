#include "sandbox/world.hpp"
#include "unit/sandbox/ec2_fixture.hpp"

#include <algorithm>

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

namespace {

const std::string k_a(subnets()[0].id);
const std::string k_b(subnets()[1].id);
const std::string k_large = "subnet-0aaaaaaaaaaaaaaa6";

Scenario scenario(std::string_view text)
{
  const auto read = parse_scenario(text, "test");
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  return *read;
}

struct Played : Ec2Fixture {
  explicit Played(std::string_view text) : Ec2Fixture({.scenario = scenario(text)}) {}

  Params asking(std::string_view most, std::string_view least = "1", Params more = {})
  {
    more.insert({{"MinCount", std::string(least)}, {"MaxCount", std::string(most)}});
    return more;
  }
  std::size_t launched(const Params& params)
  {
    const auto answer = run(params);
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
    return ids_in(*answer).size();
  }
};

const Params k_spot = {{"InstanceMarketOptions.MarketType", "spot"}};

} // namespace

TEST_CASE("sandbox supply: what there is room for comes, from the least on")
{
  Played ec2(R"([capacity]
"*/us-east-1a/*" = 3)");
  CHECK(code_of(ec2.run(ec2.asking("4", "4"))) == "InsufficientInstanceCapacity");
  CHECK(ec2.launched(ec2.asking("5", "2")) == 3);
  CHECK(code_of(ec2.run()) == "InsufficientInstanceCapacity");
  CHECK(ec2.launched(ec2.asking("5", "5", {{"SubnetId", k_b}})) == 5);
}

TEST_CASE("sandbox supply: addresses are as many as are said, and are told so")
{
  Played ec2(R"([addresses]
"subnet-0123456789abcdef0" = 2
"subnet-0aaaaaaaaaaaaaaa6" = 1500)");
  const auto free = [&](const std::string& subnet) {
    return Ec2Fixture::text_in(*ec2.call("DescribeSubnets", {{"SubnetId.1", subnet}}),
                               "availableIpAddressCount");
  };
  CHECK(free(k_a) == "2");
  CHECK(ec2.launched(ec2.asking("5", "1", {{"SubnetId", k_a}})) == 2);
  CHECK(free(k_a) == "0");
  const auto full = ec2.run({{"SubnetId", k_a}});
  CHECK(code_of(full) == "InsufficientFreeAddressesInSubnet");
  CHECK(ec2.launched(ec2.asking("1000", "1000", {{"SubnetId", k_large}})) == 1000);
  CHECK(free(k_large) == "500");
  std::vector<std::string> addresses;
  for (const Instance& instance : ec2.state.instances("us-east-1", true)) {
    addresses.push_back(instance.private_ip);
  }
  std::ranges::sort(addresses);
  CHECK(std::ranges::unique(addresses).empty());
  CHECK(std::ranges::count(addresses, "10.0.19.0") == 1); // the 765th
}

TEST_CASE("sandbox supply: a quota is of vCPUs, of a group of families and a market")
{
  Played ec2(R"([quotas]
"standard/on-demand" = 5
"standard/spot" = 0)");
  CHECK(ec2.launched(ec2.asking("9")) == 2); // 2 vCPUs each
  const auto over = ec2.run({{"InstanceType", "m7i.large"}, {"SubnetId", k_b}});
  REQUIRE(code_of(over) == "VcpuLimitExceeded");
  CHECK(over.error().message.find("limit of 5 allows") != std::string::npos);
  CHECK(code_of(ec2.run(k_spot)) == "MaxSpotInstanceCountExceeded");
  CHECK(ec2.launched({{"InstanceType", "g4dn.16xlarge"}}) == 1);
}

TEST_CASE("sandbox supply: a zone may lack types, and says which has them")
{
  Played ec2(R"([not_offered]
us-east-1a = ["t3.*"])");
  const auto answer = ec2.run({{"SubnetId", k_a}});
  REQUIRE(code_of(answer) == "Unsupported");
  CHECK(answer.error().message.find("choosing us-east-1b, us-east-1c.") != std::string::npos);
  CHECK(ec2.launched({{"InstanceType", "t2.nano"}, {"SubnetId", k_a}}) == 1);
  const auto offerings =
    ec2.call("DescribeInstanceTypeOfferings", {{"LocationType", "availability-zone"},
                                               {"Filter.1.Name", "instance-type"},
                                               {"Filter.1.Value.1", "t3.nano"}});
  CHECK(offerings->find("us-east-1a") == std::string::npos);
  CHECK(offerings->find("us-east-1b") != std::string::npos);
}

TEST_CASE("sandbox supply: without its role an account has no spot machine")
{
  Played ec2("spot_role = false");
  const auto refused = ec2.run(k_spot);
  REQUIRE(code_of(refused) == "AuthFailure.ServiceLinkedRoleCreationNotPermitted");
  CHECK(refused.error().status == 403);
  CHECK(ec2.launched({}) == 1);
}

TEST_CASE("sandbox supply: a pool takes machines back while they are pending")
{
  Played ec2(R"([taken_back]
"t3.nano/us-east-1a/on-demand" = { skip = 1, count = 2 })");
  CHECK(ec2.launched(ec2.asking("5", "5", {{"SubnetId", k_a}})) == 5);
  ec2.run_one({{"SubnetId", k_b}});
  ec2.clock.pass(1s);
  std::string states;
  for (const Instance& instance : ec2.state.instances("us-east-1")) {
    states += instance.state == State::running ? "r" : "t";
    const bool taken = instance.reason_code == "Server.InsufficientInstanceCapacity";
    CHECK(taken == (instance.state == State::terminated));
  }
  CHECK(states == "rttrrr");
}

TEST_CASE("sandbox supply: states are told late, and so are their reasons")
{
  Played ec2("states_after = \"2s\"");
  const std::string id = ec2.run_one();
  const auto state = [&] { return ec2.find(id).state; };
  ec2.clock.pass(1s);
  CHECK(state() == State::pending);
  CHECK(ec2.state.instances("us-east-1", true).front().state == State::running);
  ec2.clock.pass(2s);
  CHECK(state() == State::running);
  CHECK(ec2.call("TerminateInstances", {{"InstanceId.1", id}}).has_value());
  ec2.clock.pass(1s);
  CHECK(state() == State::running);
  CHECK(ec2.find(id).reason_code.empty());
  ec2.clock.pass(2s);
  CHECK(state() == State::terminated);
  CHECK(ec2.find(id).reason_code == "Client.UserInitiatedShutdown");
}

TEST_CASE("sandbox supply: buckets of requests run empty and fill again")
{
  Played ec2("[buckets]\nec2 = true");
  for (int i = 0; i < 5; ++i) {
    ec2.run_one();
  }
  const auto over = ec2.run();
  REQUIRE(code_of(over) == "RequestLimitExceeded");
  CHECK(over.error().status == 503);
  CHECK(over.error().message.find("ec2:RunInstances because it exceeded its request rate limit")
        != std::string::npos);
  ec2.clock.pass(500ms);
  ec2.run_one();
  CHECK(code_of(ec2.run()) == "RequestLimitExceeded");
  CHECK(ec2.call("RunInstances", Ec2Fixture::ordinary(), "eu-west-1").has_value()); // its own
  CHECK(ec2.state.instances("", true).size() == 7);
  CHECK(code_of(ec2.call("RunInstances", Ec2Fixture::ordinary({{"DryRun", "true"}})))
        == "RequestLimitExceeded"); // takes a token as any other
}

TEST_CASE("sandbox supply: a describe without filter and page has a smaller bucket, also by ids")
{
  Played ec2("[buckets]\nec2 = true");
  const std::string id = ec2.run_one();
  int plain = 0;
  while (ec2.call("DescribeInstances", {}).has_value()
         && ec2.call("DescribeInstances", {{"InstanceId.1", id}}).has_value()) {
    plain += 2;
  }
  int filtered = 0;
  while (ec2.call("DescribeInstances", {{"MaxResults", "5"}}).has_value()) {
    ++filtered;
  }
  CHECK(plain == 50);
  CHECK(filtered == 100);
}

TEST_CASE("sandbox supply: buckets of machines take what was launched, and bind no token")
{
  Played ec2(R"([capacity]
"*/us-east-1b/*" = 2
[buckets]
RunInstances = { requests = 9, requests_per_second = 1, machines = 5, machines_per_second = 1 }
TerminateInstances = { machines = 1, machines_per_second = 1, requests = 9, requests_per_second = 1 })");
  CHECK(ec2.launched(ec2.asking("5", "1", {{"SubnetId", k_b}})) == 2);
  const Params four = ec2.asking("4", "4", {{"SubnetId", k_a}, {"ClientToken", "t"}});
  const auto over = ec2.run(four);
  REQUIRE(code_of(over) == "RequestLimitExceeded");
  CHECK(over.error().message.find("its resource rate limit") != std::string::npos);
  ec2.clock.pass(1s);
  const auto done = ec2.run(four);
  REQUIRE(done.has_value());
  CHECK(Ec2Fixture::ids_in(*ec2.run(four)) == Ec2Fixture::ids_in(*done)); // takes none again
  const auto ids = Ec2Fixture::ids_in(*done);
  CHECK(
    code_of(ec2.call("TerminateInstances", {{"InstanceId.1", ids[0]}, {"InstanceId.2", ids[1]}}))
    == "RequestLimitExceeded");
  CHECK(ec2.call("TerminateInstances", {{"InstanceId.1", ids[0]}}).has_value());
}

TEST_CASE("sandbox supply: a scenario plays from the first launch on, and another one anew")
{
  constexpr std::string_view text = R"([capacity]
"*/*/*" = 0
[[later]]
after = "3s"
[later.capacity]
"*/*/*" = 1)";
  Played ec2(text);
  ec2.clock.pass(10s);
  CHECK(code_of(ec2.run()) == "InsufficientInstanceCapacity");
  ec2.clock.pass(2999ms);
  CHECK(code_of(ec2.run()) == "InsufficientInstanceCapacity");
  ec2.clock.pass(1ms);
  CHECK(ec2.launched({}) == 1);
  ec2.state.play(scenario(text));
  CHECK(code_of(ec2.run({{"SubnetId", k_b}})) == "InsufficientInstanceCapacity");
  ec2.state.play({Stage()});
  CHECK(ec2.launched(ec2.asking("9", "9")) == 9);
}
