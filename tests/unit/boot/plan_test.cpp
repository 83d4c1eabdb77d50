#include "base/encoding.hpp"
#include "boot/names.hpp"
#include "boot/plan.hpp"
#include "boot/request.hpp"
#include "support/etf_writer.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::boot;
using config::Settings;
using test::value_of;

namespace {

const Facts k_facts{
  .now = *parse_iso8601("2026-01-15T08:15:30Z"), .random_run_id = "r-1", .nonce = "n0nce"};

Settings least()
{
  return {.region = "eu-west-1",
          .app = "shop",
          .bundle = "s3://releases/shop.tar.gz",
          .image_id = "ami-0123456789abcdef0",
          .max_lifetime = config::Lifetime{std::chrono::hours(1)}};
}

std::vector<std::string> mistakes_of(const Settings& settings)
{
  const auto plan = make_plan(settings, k_facts);
  REQUIRE(!plan);
  CHECK(plan.error().kind == ErrorKind::config);
  std::vector<std::string> messages = {plan.error().message};
  for (const Mistake& mistake : plan.error().also) {
    messages.push_back(mistake.message);
  }
  return messages;
}

aws::Params launch_of(const Settings& settings)
{
  const auto plan = make_plan(settings, k_facts);
  REQUIRE(plan);
  return launch_parameters(*plan, plan->candidates.front(), "#!/bin/sh\n", "token");
}

std::string tag_of(const aws::Params& params, std::string_view name)
{
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (params[i].first.starts_with("TagSpecification.1.") && params[i].second == name) {
      return params[i + 1].second;
    }
  }
  return "";
}

} // namespace

TEST_CASE("boot::make_plan tells all mistakes at once")
{
  CHECK(mistakes_of({})
        == std::vector<std::string>{
          "app is not set", "bundle is not set", "region is not set", "image_id is not set",
          "max_lifetime is not set, and without a FLAME parent nothing else ends the machine"});
}

TEST_CASE("boot::make_plan refuses what EC2 or the machine would choke on")
{
  Settings settings = least();
  std::string wanted;
  SUBCASE("a run id with a blank")
  {
    settings.run_id = "a b";
    wanted = "run_id \"a b\" is not one";
  }
  SUBCASE("an app that is a path")
  {
    settings.app = "../etc";
    wanted = "app \"../etc\" cannot name a systemd unit and a folder";
  }
  SUBCASE("an image that is none")
  {
    settings.image_id = "debian";
    wanted = "image_id \"debian\" is no image id";
  }
  SUBCASE("an image with a blank")
  {
    settings.image_id = "ami-1 2";
    wanted = "image_id \"ami-1 2\" is no image id";
  }
  SUBCASE("the name of a security group")
  {
    settings.security_group_ids = {"sg-1", "default"};
    wanted = "security_group_id \"default\" is no id";
  }
  SUBCASE("a VPC for a subnet")
  {
    settings.subnet_ids = {"vpc-0abc"};
    wanted = "subnet_id \"vpc-0abc\" is no id";
  }
  SUBCASE("a subnet without its digits")
  {
    settings.subnet_ids = {"subnet-"};
    wanted = "subnet_id \"subnet-\" is no id";
  }
  SUBCASE("a type without its size")
  {
    settings.instance_types = {"m7i-flex.large", "t3"};
    wanted = "instance_type \"t3\" is no type of machine";
  }
  SUBCASE("a role for a profile")
  {
    settings.iam_instance_profile = "arn:aws:iam::1:role/x";
    wanted = "iam_instance_profile \"arn:aws:iam::1:role/x\" is a role";
  }
  SUBCASE("a tag of AWS's")
  {
    settings.tags = {{"aws:x", "1"}};
    wanted = "tags \"aws:x\" has a name that EC2 does not take";
  }
  SUBCASE("a tag of ours")
  {
    settings.tags = {{"flame-ec2:run-id", "other"}};
    wanted = "tags \"flame-ec2:run-id\" is one of ours";
  }
  SUBCASE("more tags than fit")
  {
    for (int i = 0; i < 44; ++i) {
      settings.tags["t" + std::to_string(i)] = "x";
    }
    wanted = "tags has 44 entries, and EC2 leaves room for 43 beside ours";
  }
  SUBCASE("a lifetime that ends the boot")
  {
    settings.max_lifetime = config::Lifetime{std::chrono::seconds(60)};
    wanted = "max_lifetime 1m is shorter than boot_timeout 5m";
  }
  SUBCASE("a FLAME_PARENT that does not decode")
  {
    settings.flame_parent = "AAAA";
    settings.subnet_ids = {"subnet-1"};
    settings.security_group_ids = {"sg-1"};
    const auto messages = mistakes_of(settings);
    CHECK(messages.at(0).find("FLAME_PARENT") != std::string::npos);
    CHECK(messages.at(0).find("AAAA") == std::string::npos);
    return;
  }
  CHECK(mistakes_of(settings) == std::vector<std::string>{wanted});
}

TEST_CASE("boot::make_plan crosses types and subnets in the user's order")
{
  Settings settings = least();
  settings.instance_types = {"m7g.large", "m6g.large"};
  settings.subnet_ids = {"subnet-1", "subnet-2"};
  const auto plan = make_plan(settings, k_facts);
  REQUIRE(plan);
  std::vector<std::string> candidates;
  for (const Candidate& candidate : plan->candidates) {
    candidates.push_back(describe(candidate));
  }
  CHECK(candidates
        == std::vector<std::string>{"m7g.large in subnet-1", "m7g.large in subnet-2",
                                    "m6g.large in subnet-1", "m6g.large in subnet-2"});
}

TEST_CASE("boot: a launch sends what the user set, and what keeps the promise")
{
  const aws::Params params = launch_of(least());
  CHECK(value_of(params, "ImageId") == "ami-0123456789abcdef0");
  CHECK(value_of(params, "InstanceType") == "t3.nano");
  CHECK(value_of(params, "InstanceInitiatedShutdownBehavior") == "terminate");
  CHECK(value_of(params, "DisableApiTermination") == "false");
  CHECK(value_of(params, "MetadataOptions.HttpTokens") == "required");
  CHECK(value_of(params, "UserData") == to_base64("#!/bin/sh\n"));
  CHECK(value_of(params, "ClientToken") == "token");
  CHECK(tag_of(params, "flame-ec2:run-id") == "r-1");
  CHECK(tag_of(params, "flame-ec2:expires-at") == "2026-01-15T09:20:30Z");
  CHECK(tag_of(params, "Name") == "shop");
  CHECK(value_of(params, "TagSpecification.3.ResourceType") == "network-interface");
  for (const auto& [name, value] : params) {
    CAPTURE(name);
    CHECK(aws::is_known_parameter("RunInstances", name));
    CHECK(name.find("NetworkInterface.") == std::string::npos);
    CHECK(name != "SubnetId");
  }
}

TEST_CASE("boot: a launch template decides what the user left open")
{
  Settings settings = least();
  settings.launch_template_id = "lt-0123456789abcdef0";
  const auto plan = make_plan(settings, k_facts);
  REQUIRE(plan);
  CHECK(plan->warnings
        == std::vector<std::string>{
          "launch template lt-0123456789abcdef0 wins over image ami-0123456789abcdef0"});
  const aws::Params params = launch_of(settings);
  CHECK(value_of(params, "LaunchTemplate.LaunchTemplateId") == "lt-0123456789abcdef0");
  CHECK(value_of(params, "LaunchTemplate.Version") == "$Default");
  CHECK(value_of(params, "ImageId").empty());
  CHECK(value_of(params, "InstanceType").empty());

  settings.launch_template_id = "web";
  settings.launch_template_version = "7";
  CHECK(value_of(launch_of(settings), "LaunchTemplate.LaunchTemplateName") == "web");
  CHECK(value_of(launch_of(settings), "LaunchTemplate.Version") == "7");
}

TEST_CASE("boot: every group and either form of the profile are sent")
{
  Settings settings = least();
  settings.security_group_ids = {"sg-1", "sg-2"};
  settings.iam_instance_profile = "runner";
  settings.key_name = "me";
  const aws::Params params = launch_of(settings);
  CHECK(value_of(params, "SecurityGroupId.1") == "sg-1");
  CHECK(value_of(params, "SecurityGroupId.2") == "sg-2");
  CHECK(value_of(params, "IamInstanceProfile.Name") == "runner");
  CHECK(value_of(params, "KeyName") == "me");
  settings.iam_instance_profile = "arn:aws:iam::1:instance-profile/runner";
  CHECK(value_of(launch_of(settings), "IamInstanceProfile.Arn") == settings.iam_instance_profile);
}

TEST_CASE("boot: a machine without a lifetime says so in its tag")
{
  Settings settings = least();
  settings.max_lifetime = config::Lifetime{};
  CHECK(tag_of(launch_of(settings), "flame-ec2:expires-at") == "none");
}

TEST_CASE("boot: names that fit everywhere")
{
  for (const char* name : {"a", "shop", "my_app-2.0", "A1"}) {
    CHECK(check_app_name(name));
    CHECK(check_run_id(name));
  }
  CHECK(check_run_id("-x"));
  for (const char* name : {"", ".hidden", "-x", "a b", "a/b", "a%h", "é", "a\n"}) {
    CAPTURE(name);
    CHECK(!check_app_name(name));
  }
  CHECK(!check_run_id(std::string(65, 'a')));
}

namespace {

Settings child_of(const std::string& node, const std::string& backend = "Elixir.FlameEC2")
{
  const auto atom = etf::new_atom;
  Settings settings = least();
  settings.max_lifetime.reset();
  settings.subnet_ids = {"subnet-1"};
  settings.security_group_ids = {"sg-1"};
  settings.flame_parent = to_base64(etf::map({{atom("ref"), etf::reference(atom(node))},
                                              {atom("pid"), etf::pid(atom(node))},
                                              {atom("backend"), atom(backend)},
                                              {atom("node_base"), etf::binary("app-flame-00")},
                                              {atom("host_env"), etf::binary("INSTANCE_IP")}}));
  return settings;
}

} // namespace

TEST_CASE("boot: a parent that no machine could reach is refused")
{
  CHECK(make_plan(child_of("app@10.0.0.7"), k_facts));
  for (const char* node : {"app@web", "app@127.0.0.1", "nonode@nohost"}) {
    CAPTURE(node);
    const auto messages = mistakes_of(child_of(node));
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].starts_with(std::string("FLAME_PARENT is of the node ") + node));
    CHECK(make_runner(child_of(node), k_facts)); // what would be sent can be seen all the same
  }
}

TEST_CASE("boot: a FLAME parent gets one machine a boot, everybody else as many as are wanted")
{
  Settings settings = child_of("app@10.0.0.7");
  settings.count = 1;
  CHECK(make_plan(settings, k_facts));
  settings.count = 3;
  CHECK(mistakes_of(settings)
        == std::vector<std::string>{"count is 3, and a FLAME parent waits for one machine a boot"});
  settings = least();
  CHECK(boot::make_plan(settings, k_facts)->count == 1);
  settings.count = 3;
  const auto plan = boot::make_plan(settings, k_facts);
  REQUIRE(plan);
  CHECK(plan->count == 3);
  CHECK(plan->min_count == 3); // all or none
}

TEST_CASE("boot: a launch asks for as many as are wanted, and of the only candidate for no fewer")
{
  const auto counts = [](const Settings& settings) {
    const auto plan = boot::make_plan(settings, k_facts);
    REQUIRE(plan);
    const aws::Params params = launch_parameters(*plan, plan->candidates.front(), "", "token");
    return value_of(params, "MinCount") + " to " + value_of(params, "MaxCount");
  };
  Settings settings = least();
  CHECK(counts(settings) == "1 to 1");
  settings.count = 100;
  CHECK(counts(settings) == "100 to 100");
  settings.min_count = 37;
  CHECK(counts(settings) == "37 to 100");
  settings.subnet_ids = {"subnet-1", "subnet-2"};
  CHECK(counts(settings) == "1 to 100"); // the other may have what this one has not
  settings.count = 1000;
  CHECK(counts(settings) == "1 to 250");
}

TEST_CASE("boot: a min_count that could not be is a mistake")
{
  Settings settings = least();
  settings.min_count = 2;
  CHECK(mistakes_of(settings) == std::vector<std::string>{"min_count is 2, and count is not set"});
  settings.count = 1;
  CHECK(mistakes_of(settings) == std::vector<std::string>{"min_count is 2, and count only 1"});
  settings.count = 2;
  CHECK(make_plan(settings, k_facts));
  settings = child_of("app@10.0.0.7");
  settings.min_count = 1;
  CHECK(
    mistakes_of(settings)
    == std::vector<std::string>{"min_count is 1, and a FLAME parent waits for one machine a boot"});
}

TEST_CASE("boot: a parent whose backend ends no machine needs a lifetime")
{
  Settings settings = child_of("app@10.0.0.7", "Elixir.FLAME.LocalBackend");
  CHECK(mistakes_of(settings)
        == std::vector<std::string>{"max_lifetime is not set, and FLAME.LocalBackend, which "
                                    "FLAME_PARENT names, ends no machine"});
  settings.max_lifetime = config::Lifetime{std::chrono::hours(1)};
  const auto plan = make_plan(settings, k_facts);
  REQUIRE(plan);
  CHECK(plan->warnings
        == std::vector<std::string>{
          "FLAME_PARENT names the backend FLAME.LocalBackend, which ends no machine"});
}

TEST_CASE("boot: FLAME_PARENT_IP is the host of the parent's node, else our address, else left out")
{
  const auto tag = [](const Settings& settings, const std::string& address) {
    Facts facts = k_facts;
    facts.local_address = address;
    const auto plan = make_plan(settings, facts);
    REQUIRE(plan);
    return tag_of(plan->common, "FLAME_PARENT_IP");
  };
  CHECK(tag(least(), "").empty());
  CHECK(tag(least(), "10.20.3.40") == "10.20.3.40");
  Settings child = least();
  child.flame_parent = to_base64(etf::flame_parent_otp26());
  child.subnet_ids = {"subnet-1"};
  child.security_group_ids = {"sg-1"};
  CHECK(tag(child, "10.20.3.40") == "10.0.0.7");
}

TEST_CASE("boot::make_plan: ready takes longer, and a type whose console can be read meanwhile")
{
  using flame::config::WaitFor;
  const auto child = boot::make_plan(child_of("app@10.0.0.7"), k_facts);
  REQUIRE(child);
  CHECK(child->wait_for == WaitFor::launched);
  CHECK(child->boot_timeout == std::chrono::minutes(2));
  Settings settings = least();
  const auto plan = boot::make_plan(settings, k_facts);
  REQUIRE(plan);
  CHECK(plan->wait_for == WaitFor::ready);
  CHECK(plan->boot_timeout == std::chrono::minutes(5));
  settings.instance_types = {"t2.micro", "t3.micro", "m4.large"};
  CHECK(mistakes_of(settings)
        == std::vector<std::string>{"t2.micro, m4.large: no console while it runs, so that nobody "
                                    "could see when the release is ready"});
}
