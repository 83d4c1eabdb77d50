#include "boot/survey.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace flame;
using namespace flame::boot;
using test::api_failure;

namespace {

using Lines = std::vector<std::string>;

const aws::ApiError k_denied = api_failure(aws::ErrorClass::permission, "UnauthorizedOperation");

std::vector<Candidate> all_of(const Lines& types, const Lines& subnets, const Lines& markets = {""})
{
  std::vector<Candidate> all;
  for (const std::string& market : markets) {
    for (const std::string& type : types) {
      for (const std::string& subnet : subnets) {
        all.push_back({.instance_type = type, .subnet_id = subnet, .market = market});
      }
    }
  }
  return all;
}

struct World {
  test::FakeEc2 ec2 = {};
  test::FakeNetwork network = {};
  Plan plan = {};
  config::Settings settings = {.image_id = "ami-1"};

  explicit World(std::vector<Candidate> candidates)
  {
    plan.candidates = std::move(candidates);
    network.all_subnets = std::vector<aws::Subnet>{
      {.id = "subnet-a", .availability_zone = "eu-west-1a", .free_addresses = 5},
      {.id = "subnet-b", .availability_zone = "eu-west-1b", .free_addresses = 0},
      {.id = "subnet-c", .availability_zone = "eu-west-1c", .free_addresses = 1}};
    network.all_offerings =
      std::vector<aws::TypeOffering>{{.id = "t3.nano", .zone = "eu-west-1a"},
                                     {.id = "t3.nano", .zone = "eu-west-1b"},
                                     {.id = "t3.nano", .zone = "eu-west-1c"},
                                     {.id = "m7i.large", .zone = "eu-west-1a"},
                                     {.id = "m7g.large", .zone = "eu-west-1a"}};
    ec2.images["ami-1"] = {.id = "ami-1", .state = "available", .architecture = "x86_64"};
  }

  Result<Survey> look(const Facts& facts = {})
  {
    return boot::survey(survey_wanted(plan.candidates), settings, facts, {ec2, network});
  }
  Result<Plan> possible(const Facts& facts = {})
  {
    return look(facts).and_then(
      [&](const Survey& found) { return without_impossible(plan, found); });
  }
  // The names of those that are left.
  Lines left(const Facts& facts = {})
  {
    const auto done = possible(facts);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
    Lines names;
    std::ranges::transform(done->candidates, std::back_inserter(names), describe);
    return names;
  }
};

} // namespace

TEST_CASE("boot::survey asks nothing where there is nothing to choose")
{
  for (const std::vector<Candidate>& candidates :
       {all_of({"t3.nano"}, {"subnet-b"}), all_of({"t3.nano"}, {""}),
        all_of({""}, {"subnet-b"}, {"spot", "on-demand"})}) {
    World world(candidates);
    CHECK(world.left().size() == candidates.size());
    CHECK(world.network.queries.empty());
    CHECK(world.ec2.calls.empty());
  }
}

TEST_CASE("boot::survey asks once for all, and for the image only when types differ in it")
{
  World world(all_of({"t3.nano", "m7i.large"}, {"subnet-a", "subnet-c"}, {"spot", "on-demand"}));
  REQUIRE(world.look());
  REQUIRE(world.network.queries.size() == 2);
  using Filters = decltype(aws::DescribeQuery::filters);
  CHECK(world.network.queries[0].filters == Filters{{"subnet-id", {"subnet-a", "subnet-c"}}});
  CHECK(world.network.queries[1].filters == Filters{{"instance-type", {"t3.nano", "m7i.large"}}});
  CHECK(world.ec2.calls.empty());
  World mixed(all_of({"t3.nano", "m7g.large"}, {""}));
  REQUIRE(mixed.look());
  CHECK(mixed.ec2.calls == Lines{"image ami-1"});
  CHECK(mixed.network.queries.size() == 1); // there is no subnet to ask for
  mixed.ec2.calls.clear();
  REQUIRE(mixed.look({.image = aws::Image{.id = "ami-1", .architecture = "arm64"}}));
  CHECK(mixed.ec2.calls.empty());
  mixed.settings.image_id = "resolve:ssm:/mine"; // EC2 reads it
  REQUIRE(mixed.look());
  CHECK(mixed.ec2.calls.empty());
}

TEST_CASE("boot::survey asks for more than EC2 takes at once in parts")
{
  Lines types;
  Lines subnets;
  for (int i = 0; i < 201; ++i) {
    types.push_back(fmt::format("m{}.large", i));
    subnets.push_back(fmt::format("subnet-{}", i));
  }
  World world(all_of(types, {"subnet-a"}));
  REQUIRE(world.look());
  REQUIRE(world.network.queries.size() == 3); // one of the subnet
  CHECK(world.network.queries[1].filters[0].second.size() == 200);
  CHECK(world.network.queries[2].filters[0].second == Lines{"m200.large"});
  World wide(all_of({"t3.nano"}, subnets));
  REQUIRE(wide.look());
  REQUIRE(wide.network.queries.size() == 3);
  CHECK(wide.network.queries[1].filters[0].second == Lines{"subnet-200"});
}

TEST_CASE("boot: those that can be had know their zone, unless it is another's room")
{
  World world(all_of({"t3.nano"}, {"subnet-a", "subnet-c", "subnet-o"}));
  world.network.all_subnets->push_back(
    {.id = "subnet-o", .availability_zone = "eu-west-1a", .free_addresses = 5, .on_outpost = true});
  const auto done = world.possible();
  REQUIRE(done);
  REQUIRE(done->candidates.size() == 3);
  CHECK(done->candidates[0].zone == "eu-west-1a");
  CHECK(done->candidates[1].zone == "eu-west-1c");
  CHECK(done->candidates[2].zone.empty());
}

TEST_CASE("boot: candidates that cannot be had are dropped, each with its reason")
{
  World world(all_of({"t3.nano", "m7i.large", "m7g.large"}, {"subnet-a", "subnet-b", "subnet-c"}));
  const auto done = world.possible();
  REQUIRE(done);
  CHECK(world.left()
        == Lines{"t3.nano in subnet-a", "t3.nano in subnet-c", "m7i.large in subnet-a"});
  CHECK(done->dropped.size() == 6);
  CHECK(reasons_of(done->dropped)
        == Lines{"subnet-b has no free address", "eu-west-1c does not offer m7i.large",
                 "m7g.large is arm64, and image ami-1 is for x86_64"});
}

TEST_CASE("boot: what is nowhere is a mistake, what is full is not")
{
  World nowhere(all_of({"t3.nono", "t3.nano"}, {"subnet-a", "subnet-x"}));
  CHECK(nowhere.left() == Lines{"t3.nano in subnet-a"});
  CHECK(reasons_of(nowhere.possible()->dropped)
        == Lines{"no zone of the Region offers t3.nono; did you mean t3.nano?",
                 "EC2 shows no subnet subnet-x in the Region"});

  World mistakes(all_of({"t3.nono", "m7g.large"}, {"subnet-a", "subnet-x"}));
  const auto none = mistakes.possible();
  REQUIRE(!none);
  CHECK(none.error().kind == ErrorKind::config);
  CHECK(none.error().message == "none of 4 candidates can be launched");
  REQUIRE(none.error().also.size() == 4);
  CHECK(none.error().also[0].message
        == "t3.nono in subnet-a: not asked for, since no zone of the Region offers t3.nono; did "
           "you mean t3.nano?");

  World full(all_of({"t3.nano"}, {"subnet-b", "subnet-x"}));
  const auto later = full.possible();
  REQUIRE(!later);
  CHECK(later.error().kind == ErrorKind::capacity); // addresses become free
}

TEST_CASE("boot: a zone may be set, or be EC2's to choose")
{
  World anywhere(all_of({"m7i.large", "t3.nano"}, {""}));
  CHECK(anywhere.left().size() == 2);
  anywhere.settings.availability_zone = "eu-west-1c";
  CHECK(anywhere.left() == Lines{"t3.nano"});
  // Not known where a template decides, and what types an Outpost has is not the zone's to say.
  World open(all_of({"", "t3.nano"}, {"subnet-a", "subnet-c"}));
  CHECK(open.left().size() == 4);
  World outpost(all_of({"m7i.large"}, {"subnet-a", "subnet-o"}));
  outpost.network.all_subnets->push_back(
    {.id = "subnet-o", .availability_zone = "eu-west-1c", .free_addresses = 3, .on_outpost = true});
  CHECK(outpost.left().size() == 2);
  World without_ipv4(all_of({"t3.nano"}, {"subnet-a", "subnet-6"}));
  without_ipv4.network.all_subnets->push_back(
    {.id = "subnet-6", .availability_zone = "eu-west-1a", .ipv6_only = true});
  CHECK(without_ipv4.left().size() == 2);
}

TEST_CASE("boot: what may not be looked at is tried")
{
  World world(all_of({"t3.nano", "m7g.large"}, {"subnet-b", "subnet-c"}));
  world.network.all_subnets = tl::unexpected(k_denied);
  world.network.all_offerings =
    tl::unexpected(api_failure(aws::ErrorClass::throttle, "RequestLimitExceeded"));
  world.ec2.refused["image"] = k_denied;
  CHECK(world.left().size() == 4);
  CHECK(world.look()->unlooked.size() == 3);
  world.network.all_offerings = tl::unexpected(api_failure(aws::ErrorClass::cancelled));
  CHECK(!world.look());
}

TEST_CASE("boot: an error of those that were left names the others too")
{
  const Error error =
    with_dropped({.kind = ErrorKind::capacity, .message = "full"},
                 {{{"m7i.large", "subnet-c", "spot"}, "not-offered", "there is no such machine"}});
  CHECK(error.message == "full");
  REQUIRE(error.also.size() == 1);
  CHECK(error.also[0].message
        == "spot m7i.large in subnet-c: not asked for, since there is no such machine");
}
