#include "sandbox/scenario.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

namespace {

Scenario read(std::string_view text)
{
  const auto scenario = parse_scenario(text, "x.toml");
  REQUIRE_MESSAGE(scenario.has_value(), (scenario ? "" : scenario.error().message));
  return *scenario;
}

std::vector<std::string> mistakes_in(std::string_view text)
{
  const auto scenario = parse_scenario(text, "x.toml");
  REQUIRE(!scenario.has_value());
  CHECK(scenario.error().kind == ErrorKind::usage);
  std::vector<std::string> all = {scenario.error().message};
  for (const Mistake& mistake : scenario.error().also) {
    all.push_back(mistake.message);
  }
  return all;
}

} // namespace

TEST_CASE("sandbox scenario: without a word everything is there in plenty")
{
  const Scenario scenario = read("");
  REQUIRE(scenario.size() == 1);
  const Supply& supply = scenario.front().supply;
  CHECK(supply.pools.empty());
  CHECK(supply.spot_role);
  CHECK(!limit_of(supply, "RunInstances", false).requests);
}

TEST_CASE("sandbox scenario: each key says what there is")
{
  const Scenario scenario = read(R"(
visible_after = "5s"
states_after = "250ms"
spot_role = false
[capacity]
"t3.*/us-east-1a/spot" = 3
[addresses]
"subnet-0123456789abcdef0" = 2
[quotas]
"g/on-demand" = 8
[not_offered]
us-east-1b = ["m7i.large", "c7*"]
[taken_back]
"*/*/spot" = { count = 2, skip = 1, reason = "Server.InternalError" }
[buckets]
ec2 = true
TerminateInstances = { requests = 3, requests_per_second = 1, machines = 9, machines_per_second = 4 }
"Describe*" = { requests = 7, requests_per_second = 2 }
)");
  const Supply& supply = scenario.front().supply;
  CHECK(supply.visible_after == 5s);
  CHECK(supply.states_after == 250ms);
  CHECK(!supply.spot_role);
  const Pool& pool = supply.pools.at("t3.*/us-east-1a/spot");
  CHECK(pool.room == 3);
  CHECK(pool.holds("t3.nano", "us-east-1a", "spot"));
  CHECK(!pool.holds("t3a.nano", "us-east-1a", "spot"));
  CHECK(supply.addresses.at("subnet-0123456789abcdef0") == 2);
  CHECK(supply.quotas.at("g/on-demand") == 8);
  CHECK(supply.lacks.at("us-east-1b") == std::vector<std::string>{"m7i.large", "c7*"});
  const TakenBack& back = supply.taken_back.at("*/*/spot");
  CHECK(back.count == 2);
  CHECK(back.skip == 1);
  CHECK(back.reason == "Server.InternalError");
  const ActionLimit terminate = limit_of(supply, "TerminateInstances", false);
  CHECK(terminate.requests->size == 3);
  CHECK(terminate.machines->per_second == 4);
  CHECK(limit_of(supply, "DescribeSubnets", true).requests->size == 7);
  CHECK(limit_of(supply, "RunInstances", false).machines->size == 1000); // EC2's own
}

TEST_CASE("sandbox scenario: later is what was before, with what is said")
{
  const Scenario scenario = read(R"(
spot_role = false
[capacity]
"*/*/spot" = 0
"*/*/on-demand" = 1
[[later]]
after = "3s"
[later.capacity]
"*/*/spot" = 5
[[later]]
after = "10s"
spot_role = true
)");
  REQUIRE(scenario.size() == 3);
  CHECK(scenario[1].after == 3s);
  CHECK(scenario[1].supply.pools.at("*/*/spot").room == 5);
  CHECK(scenario[1].supply.pools.at("*/*/on-demand").room == 1);
  CHECK(!scenario[1].supply.spot_role);
  CHECK(scenario[2].supply.spot_role);
  CHECK(scenario[2].supply.pools.at("*/*/spot").room == 5);
}

TEST_CASE("sandbox scenario: all mistakes at once, each with its line")
{
  CHECK(mistakes_in("a = [").front().starts_with("x.toml:1:"));
  const std::vector<std::string> all = mistakes_in(R"(spot_rol = true
visible_after = 5
states_after = "soon"
[capacity]
"t3.nano/spot" = 1
"t9.nano/*/spot" = 1
"*/*/spot" = -1
[addresses]
"subnet-1" = 1
"subnet-00112233445566778" = 12
[quotas]
"Standard/spot" = 8
[not_offered]
us-east-1a = ["t9.nano", 1]
us-east-1b = "m7i.*"
[taken_back]
"*/*/spot" = { counts = 2 }
"*/*/*" = 2
[buckets]
RunInstance = { requests = 1, requests_per_second = 1 }
RunInstances = { requests = 1, rate = 1 }
ec2 = 1
[[later]]
[[later]]
after = "2s"
[[later]]
after = "1s"
later = 1
)");
  const std::vector<std::string> expected = {
    "x.toml:1: spot_rol is no key of a scenario",
    "x.toml:2: visible_after is a number, not a text",
    "x.toml:3: states_after is no time, as \"3s\" is one",
    "x.toml:5: \"t3.nano/spot\" is not TYPE/ZONE/MARKET",
    "x.toml:6: t9.nano is no instance type of the sandbox",
    "x.toml:7: \"*/*/spot\" is no whole number from 0 on",
    "x.toml:9: subnet-1 is no subnet of the sandbox",
    "x.toml:10: subnet-00112233445566778 has no more than 11 addresses",
    "x.toml:12: \"Standard/spot\" is no quota",
    "x.toml:14: \"t9.nano\" is no instance type of the sandbox",
    "x.toml:14: \"1\" is no instance type of the sandbox",
    "x.toml:15: us-east-1b is a text, not a list of instance types",
    "x.toml:17: counts is no key of taken_back",
    "x.toml:18: \"*/*/*\" is a number, not a table",
    "x.toml:20: RunInstance is no action of the sandbox's EC2",
    "x.toml:21: rate is no key of RunInstances",
    "x.toml:21: RunInstances has one of requests and requests_per_second, which go together",
    "x.toml:22: ec2 is a number, not a table",
    "x.toml:23: later has no after",
    "x.toml:28: later is no key of a scenario",
    "x.toml:27: after is not later than what stands before it",
  };
  CHECK(all.size() == expected.size());
  for (std::size_t i = 0; i < std::min(all.size(), expected.size()); ++i) {
    CHECK(all[i] == expected[i]);
  }
}
