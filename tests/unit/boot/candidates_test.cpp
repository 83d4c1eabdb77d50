#include "boot/candidates.hpp"
#include "boot/plan.hpp"
#include "boot/request.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace flame;
using namespace flame::boot;
using config::Settings;
using test::value_of;

namespace {

const Facts k_facts{
  .now = *parse_iso8601("2026-01-15T08:15:30Z"), .random_run_id = "r-1", .nonce = "n0nce"};

std::vector<std::string> shown(const Settings& settings)
{
  std::vector<std::string> all;
  for (const Candidate& candidate : candidates_of(settings, k_facts)) {
    all.push_back(describe(candidate));
  }
  return all;
}

Settings two_of_each()
{
  return {.instance_types = {"t3.nano", "m7i.large"},
          .subnet_ids = {"subnet-a", "subnet-b"},
          .markets = {"spot", "on-demand"}};
}

Settings bootable()
{
  return {.region = "eu-west-1",
          .app = "shop",
          .bundle = "s3://releases/shop.tar.gz",
          .image_id = "ami-0123456789abcdef0",
          .max_lifetime = config::Lifetime{std::chrono::hours(1)}};
}

std::string mistake_of(const Settings& settings, const Facts& facts = k_facts)
{
  const auto plan = make_plan(settings, facts);
  REQUIRE(!plan);
  CHECK(plan.error().also.empty());
  return plan.error().message;
}

} // namespace

TEST_CASE("candidates: the cross product in the user's order, another subnet first")
{
  CHECK(shown(two_of_each())
        == std::vector<std::string>{
          "spot t3.nano in subnet-a", "spot t3.nano in subnet-b", "spot m7i.large in subnet-a",
          "spot m7i.large in subnet-b", "on-demand t3.nano in subnet-a",
          "on-demand t3.nano in subnet-b", "on-demand m7i.large in subnet-a",
          "on-demand m7i.large in subnet-b"});
  CHECK(shown({}) == std::vector<std::string>{"t3.nano"});
  CHECK(shown({.instance_types = {"a1.large", "t3.nano", "a1.large"}})
        == std::vector<std::string>{"a1.large", "t3.nano"});
}

TEST_CASE("candidates: prefer says what moves first")
{
  Settings settings = two_of_each();
  settings.prefer = "market";
  CHECK(shown(settings).at(1) == "on-demand t3.nano in subnet-a");
  CHECK(shown(settings).at(2) == "spot t3.nano in subnet-b");
  settings.prefer = "instance_type";
  CHECK(shown(settings).at(1) == "spot m7i.large in subnet-a");
  CHECK(shown(settings).at(2) == "spot t3.nano in subnet-b");
  CHECK(shown(settings).size() == 8);
}

TEST_CASE("candidates: spot is asked for once, and ends with the machine")
{
  Settings settings = bootable();
  settings.markets = {"spot", "on-demand"};
  settings.spot_max_price = "0.0041";
  const auto plan = make_plan(settings, k_facts);
  REQUIRE(plan);
  const aws::Params spot = launch_parameters(*plan, plan->candidates.at(0), "", "token");
  const std::string options = "InstanceMarketOptions.";
  CHECK(value_of(spot, options + "MarketType") == "spot");
  CHECK(value_of(spot, options + "SpotOptions.SpotInstanceType") == "one-time");
  CHECK(value_of(spot, options + "SpotOptions.InstanceInterruptionBehavior") == "terminate");
  CHECK(value_of(spot, options + "SpotOptions.MaxPrice") == "0.0041");
  CHECK(value_of(spot, "InstanceInitiatedShutdownBehavior") == "terminate");
  for (const auto& [name, value] : launch_parameters(*plan, plan->candidates.at(1), "", "token")) {
    CHECK(!name.starts_with(options));
  }
}

namespace {

// A template that nobody has looked into, and one that is for spot.
Facts with_template(std::optional<aws::LaunchTemplate> found)
{
  Facts facts = k_facts;
  facts.looked_up = true;
  facts.looked_into_template = true;
  facts.image = aws::Image{.id = "ami-1", .state = "available", .architecture = "x86_64"};
  facts.launch_template = std::move(found);
  return facts;
}

Settings of_template()
{
  Settings settings = bootable();
  settings.image_id.clear();
  settings.launch_template_id = "lt-1";
  return settings;
}

// What is sent of the market to the first candidate: names without what they share.
aws::Params market_sent(const Settings& settings, const Facts& facts)
{
  const auto plan = make_plan(settings, facts);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  constexpr std::string_view k_prefix = "InstanceMarketOptions.";
  aws::Params found;
  for (const auto& [name, value] : launch_parameters(*plan, plan->candidates.at(0), "", "token")) {
    if (name.starts_with(k_prefix)) {
      found.emplace_back(name.substr(k_prefix.size()), value);
    }
  }
  return found;
}

} // namespace

TEST_CASE("candidates: a template's persistent spot request is never sent unseen")
{
  const Facts facts =
    with_template(aws::LaunchTemplate{.id = "lt-1",
                                      .image_id = "ami-1",
                                      .market = "spot",
                                      .spot_options = {{"MaxPrice", "0.02"},
                                                       {"SpotInstanceType", "persistent"},
                                                       {"BlockDurationMinutes", "60"},
                                                       {"ValidUntil", "2027-01-01T00:00:00Z"},
                                                       {"InstanceInterruptionBehavior", "stop"}}});
  const aws::Params once = {{"MarketType", "spot"},
                            {"SpotOptions.SpotInstanceType", "one-time"},
                            {"SpotOptions.InstanceInterruptionBehavior", "terminate"},
                            {"SpotOptions.MaxPrice", "0.02"},
                            {"SpotOptions.BlockDurationMinutes", "60"}};
  CHECK(market_sent(of_template(), facts) == once);
  CHECK(make_plan(of_template(), facts)->candidates.at(0).market == "spot");
  Settings settings = of_template();
  settings.markets = {"spot"};
  CHECK(market_sent(settings, facts) == once);
  settings.spot_max_price = "0.01"; // ours wins
  CHECK(test::value_of(market_sent(settings, facts), "SpotOptions.MaxPrice") == "0.01");
  // One that says nothing leaves it at that.
  const Facts open = with_template(aws::LaunchTemplate{.id = "lt-1", .image_id = "ami-1"});
  CHECK(market_sent(of_template(), open).empty());
  CHECK(make_plan(of_template(), open)->candidates.at(0).market.empty());
}

TEST_CASE("candidates: a template that nobody may read is warned of, unless spot is asked for")
{
  const Facts unread = with_template(std::nullopt);
  Settings settings = of_template();
  const std::string warning =
    "launch template lt-1 cannot be read: should it ask for persistent spot machines, EC2 launches "
    "them again after they have ended";
  CHECK(make_plan(settings, unread)->warnings == std::vector{warning});
  settings.markets = {"spot", "on-demand"};
  CHECK(make_plan(settings, unread)->warnings == std::vector{warning});
  settings.markets = {"spot"};
  CHECK(make_plan(settings, unread)->warnings.empty());
}

TEST_CASE("candidates: only what may be a spot machine watches for EC2's notice")
{
  const auto of = [](std::vector<std::string> markets, const std::string& how,
                     const Facts& facts = k_facts) {
    Settings settings = bootable();
    settings.markets = std::move(markets);
    settings.on_interruption = how;
    settings.launch_template_id = facts.looked_into_template ? "lt-1" : "";
    return interruption_of(settings, facts);
  };
  CHECK(of({}, "") == std::nullopt);
  CHECK(of({"on-demand"}, "bin/drain") == std::nullopt);
  CHECK(of({"spot"}, "") == "");
  CHECK(of({"on-demand", "spot"}, "stop") == "");
  CHECK(of({"spot"}, "ignore") == std::nullopt);
  CHECK(of({"spot"}, "bin/drain") == "bin/drain");

  Facts facts = k_facts;
  facts.looked_into_template = true; // and could not read it
  CHECK(of({}, "", facts) == "");
  CHECK(of({"on-demand"}, "", facts) == std::nullopt);
  facts.launch_template = aws::LaunchTemplate{.id = "lt-1"};
  CHECK(of({}, "", facts) == std::nullopt);
  facts.launch_template->market = "spot";
  CHECK(of({}, "", facts) == "");
}

TEST_CASE("candidates: an interruption that cannot come is warned of")
{
  Settings settings = bootable();
  settings.on_interruption = "bin/drain";
  REQUIRE(make_plan(settings, k_facts));
  CHECK(
    make_plan(settings, k_facts)->warnings
    == std::vector<std::string>{"on_interruption is set, and no machine can be a spot machine"});
  settings.launch_template_id = "lt-1"; // which nobody has looked into yet
  settings.image_id.clear();
  CHECK(make_plan(settings, k_facts)->warnings.empty());
  settings = bootable();
  settings.on_interruption = "ignore";
  CHECK(make_plan(settings, k_facts)->warnings.empty());
  settings.on_interruption = "bin/drain";
  settings.markets = {"spot"};
  CHECK(make_plan(settings, k_facts)->warnings.empty());
}

TEST_CASE("candidates: a word that is nearly one of on_interruption is no command")
{
  Settings settings = bootable();
  settings.markets = {"spot"};
  for (const char* word : {"Stop", "terminate", "hibernate", "none", "  "}) {
    settings.on_interruption = word;
    CHECK(mistake_of(settings) == fmt::format("on_interruption is \"{}\"", word));
  }
  for (const char* good : {"", "stop", "ignore", "bin/stop", "terminate now"}) {
    settings.on_interruption = good;
    CHECK(make_plan(settings, k_facts));
  }
}

TEST_CASE("candidates: a market that cannot be had is refused")
{
  Settings settings = bootable();
  settings.spot_max_price = "0.01";
  CHECK(mistake_of(settings) == "spot_max_price is set, and market has no spot");

  settings = bootable();
  settings.launch_template_id = "lt-0123456789abcdef0";
  settings.markets = {"on-demand"};
  Facts facts = k_facts;
  facts.looked_up = true;
  facts.looked_into_template = true;
  facts.image = aws::Image{.id = "ami-1", .state = "available", .architecture = "x86_64"};
  facts.launch_template =
    aws::LaunchTemplate{.id = "lt-0123456789abcdef0", .image_id = "ami-1", .market = "spot"};
  CHECK(mistake_of(settings, facts)
        == "market is on-demand, and launch template lt-0123456789abcdef0 is for spot, which a "
           "request cannot take back");
  settings.markets = {"spot"};
  CHECK(make_plan(settings, facts));
}

TEST_CASE("candidates: more than a boot can try are refused, and counted without being made")
{
  Settings many = bootable();
  many.instance_types = {};
  for (int i = 0; i < 100; ++i) {
    many.instance_types.push_back(fmt::format("m{}a.large", i)); // m1 to m4 have no live console
  }
  many.subnet_ids = {"subnet-1", "subnet-2", "subnet-3", "subnet-3"};
  many.security_group_ids = {"sg-0123456789abcdef0"};
  CHECK(make_plan(many, k_facts).has_value()); // 300: what is said twice counts once
  many.markets = {"spot", "on-demand"};
  CHECK(mistake_of(many)
        == "market, instance_type and subnet_id make 600 candidates, and a boot tries 300 at most");
}
