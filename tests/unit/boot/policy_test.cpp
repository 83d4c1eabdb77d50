#include "base/text.hpp"
#include "boot/policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

using namespace flame;
using namespace flame::boot;
using config::Settings;

// Whether a policy is the least is judged over real requests by the suite iam_policy; here stands
// what those do not reach.
namespace {

using Values = std::vector<std::string>;

Settings least()
{
  return {.region = "eu-west-1",
          .app = "shop",
          .bundle = "s3://releases/shop.tar.gz",
          .image_id = "ami-0123456789abcdef0",
          .instance_types = {"t3.small"},
          .max_lifetime = config::Lifetime{}};
}

Plan plan_of(const Settings& settings)
{
  auto plan = make_plan(settings, {.random_run_id = "r-1", .nonce = "n0nce"});
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  return *plan;
}

Policy policy_for(const std::function<void(Settings&)>& set, const std::string& role = "",
                  const std::string& account = "")
{
  Settings settings = least();
  set(settings);
  const Plan plan = plan_of(settings);
  return caller_policy(
    {.commands = {"boot"}, .settings = settings, .plan = &plan, .account = account, .role = role});
}

const PolicyStatement* find(const Policy& policy, std::string_view id)
{
  const auto found = std::ranges::find(policy.statements, id, &PolicyStatement::id);
  return found == policy.statements.end() ? nullptr : &*found;
}

Values resources(const Policy& policy, std::string_view id)
{
  const PolicyStatement* found = find(policy, id);
  return found == nullptr ? Values() : found->resources;
}

bool says(const Policy& policy, std::string_view text)
{
  return std::ranges::any_of(policy.notices, [&](const std::string& notice) {
    return notice.find(text) != std::string::npos;
  });
}

} // namespace

TEST_CASE("policy: what a raw parameter names can be used, and nothing else of its kind")
{
  const Policy policy = policy_for([](Settings& s) {
    s.placement_group = "tight";
    s.capacity_reservation = "cr-1";
    s.ec2 = {{"BlockDeviceMapping.1.DeviceName", "/dev/xvdb"},
             {"BlockDeviceMapping.1.Ebs.SnapshotId", "snap-1"},
             {"NetworkInterface.2.NetworkInterfaceId", "eni-1"}};
  });
  const Values found = resources(policy, "LaunchFrom");
  CHECK(found
        == Values{"arn:aws:ec2:eu-west-1::image/ami-0123456789abcdef0",
                  "arn:aws:ec2:eu-west-1:*:placement-group/tight",
                  "arn:aws:ec2:eu-west-1::snapshot/snap-1",
                  "arn:aws:ec2:eu-west-1:*:network-interface/eni-1",
                  "arn:aws:ec2:eu-west-1:*:capacity-reservation/cr-1"});
}

TEST_CASE("policy: names with letters that IAM gives a meaning are those names alone")
{
  CHECK(resources(policy_for([](Settings& s) { s.key_name = "a*b?$c"; }), "LaunchFrom").back()
        == "arn:aws:ec2:eu-west-1:*:key-pair/a${*}b${?}${$}c");
}

TEST_CASE("policy: the account is the one that is given, else that of an ARN, else open")
{
  const auto nothing = [](Settings&) {};
  const auto with_arn = [](Settings& s) {
    s.iam_instance_profile = "arn:aws:iam::210987654321:instance-profile/team/runner";
  };
  const auto machine = [](const Policy& policy) {
    return resources(policy, "LaunchMachine").front();
  };
  CHECK(machine(policy_for(nothing)) == "arn:aws:ec2:eu-west-1:*:instance/*");
  CHECK(says(policy_for(nothing), "--account"));
  CHECK(machine(policy_for(nothing, "", "123456789012"))
        == "arn:aws:ec2:eu-west-1:123456789012:instance/*");
  CHECK(!says(policy_for(nothing, "", "123456789012"), "--account"));
  CHECK(machine(policy_for(with_arn)) == "arn:aws:ec2:eu-west-1:210987654321:instance/*");
}

TEST_CASE("policy: one role can be given, that of the profile")
{
  const auto with = [](const std::string& profile, const std::string& role) {
    const Policy policy =
      policy_for([&](Settings& s) { s.iam_instance_profile = profile; }, role, "123456789012");
    const Values found = resources(policy, "GiveRole");
    CHECK(says(policy, "taken to be called") == (role.empty() && !found.empty()));
    return join(found, " ");
  };
  CHECK(with("", "").empty());
  CHECK(with("runner", "") == "arn:aws:iam::123456789012:role/runner");
  CHECK(with("runner", "team/builder") == "arn:aws:iam::123456789012:role/team/builder");
  CHECK(with("runner", "arn:aws:iam::1:role/x") == "arn:aws:iam::1:role/x");
  CHECK(with("arn:aws:iam::1:instance-profile/team/runner", "")
        == "arn:aws:iam::123456789012:role/team/runner");
}

TEST_CASE("policy: a launch template is bound by its id, and by its name with a word about that")
{
  const Policy by_id = policy_for([](Settings& s) {
    s.image_id.clear();
    s.launch_template_id = "lt-1";
  });
  CHECK(resources(by_id, "LaunchFrom") == Values{"arn:aws:ec2:eu-west-1:*:launch-template/lt-1"});
  CHECK(find(by_id, "LaunchIntoOpen")->conditions.front().key == "ec2:LaunchTemplate");
  CHECK(!says(by_id, "any launch template"));
  const Policy by_name = policy_for([](Settings& s) {
    s.image_id.clear();
    s.launch_template_id = "web";
  });
  CHECK(says(by_name, "any launch template"));
  CHECK(find(by_name, "LaunchFrom") == nullptr);
  CHECK(resources(by_name, "LaunchIntoOpen").back() == "arn:aws:ec2:eu-west-1:*:launch-template/*");
}

TEST_CASE("policy: what ends machines is bound to the app, or to machines of ours")
{
  Settings settings{.region = "eu-west-1"};
  const auto ending = [&] {
    return find(caller_policy({.commands = {"gc"}, .settings = settings}), "EndMachines")
      ->conditions.front();
  };
  CHECK(ending().key == "aws:ResourceTag/flame-ec2:run-id");
  CHECK(ending().test == "StringLike");
  settings.app = "shop";
  CHECK(ending().key == "aws:ResourceTag/flame-ec2:app");
  CHECK(ending().values == Values{"shop"});
}

TEST_CASE("policy: every command has one, with a word about each statement, and no id twice")
{
  const Settings settings = least();
  const Plan plan = plan_of(settings);
  for (const std::string_view command : policy_commands()) {
    CAPTURE(command);
    const Policy policy = caller_policy({.commands = {std::string(command)},
                                         .settings = settings,
                                         .plan = boots(command) ? &plan : nullptr});
    CHECK(!policy.statements.empty());
    std::set<std::string> ids;
    for (const PolicyStatement& statement : policy.statements) {
      CAPTURE(statement.id);
      CHECK(ids.insert(statement.id).second);
      CHECK(!statement.why.empty());
      CHECK(!statement.actions.empty());
      CHECK(!statement.resources.empty());
    }
  }
}
