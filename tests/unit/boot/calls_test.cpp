#include "boot/calls.hpp"
#include "boot/max_running.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace flame;
using namespace flame::boot;
using config::Settings;

namespace {

using Lines = std::vector<std::string>;

const Facts k_facts{
  .now = *parse_iso8601("2026-01-15T08:15:30Z"), .random_run_id = "r-1", .nonce = "n0nce"};

Settings bootable()
{
  return {.region = "eu-west-1",
          .app = "shop",
          .bundle = "s3://releases/shop.tar.gz",
          .image_id = "ami-0123456789abcdef0",
          .instance_types = {"t3.nano"},
          .max_lifetime = config::Lifetime{std::chrono::hours(1)}};
}

Plan plan_of(const Settings& settings)
{
  auto plan = make_plan(settings, k_facts);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  return *plan;
}

// "1 ec2 RunInstances", "* s3 GetObject".
Lines calls_for(const Settings& settings)
{
  Lines lines;
  for (const PlannedCall& call : calls_of(plan_of(settings), settings, k_facts)) {
    lines.push_back(fmt::format("{} {} {}", call.count ? std::to_string(*call.count) : "*",
                                call.service, call.action));
  }
  return lines;
}

} // namespace

TEST_CASE("boot: the calls of the simple boot are few")
{
  Settings settings = bootable();
  CHECK(calls_for(settings)
        == Lines{"1 s3 HeadObject", "* s3 GetObject", "1 ec2 DescribeInstances",
                 "1 ec2 RunInstances", "* ec2 DescribeInstances", "* ec2 GetConsoleOutput"});
  settings.inspect = false;
  settings.wait_for = config::WaitFor::launched;
  CHECK(calls_for(settings)
        == Lines{"1 s3 HeadObject", "1 ec2 DescribeInstances", "1 ec2 RunInstances"});
}

TEST_CASE("boot: what is looked up, surveyed, uploaded and read stands before the launch")
{
  Settings settings = bootable();
  settings.bundle = "./shop";
  settings.image_id.clear();
  settings.image = "debian-12";
  settings.instance_types.emplace_back("t3.micro");
  settings.subnet_ids = {"subnet-0123456789abcdef0", "subnet-0fedcba9876543210"};
  settings.security_group_ids = {"sg-0123456789abcdef0"};
  settings.max_running = 5;
  settings.store = "s3://keep/flame/";
  settings.secrets = {"A=ssm:/a", "B=secretsmanager:b"};
  CHECK(calls_for(settings)
        == Lines{"1 ssm GetParameter", "1 ec2 DescribeInstances", "1 ec2 DescribeSubnets",
                 "1 ec2 DescribeInstanceTypeOfferings", "1 s3 HeadObject", "* s3 PutObject",
                 "1 s3 HeadObject", "1 ssm GetParameter", "1 secretsmanager GetSecretValue",
                 "1 s3 PutObject", "1 s3 PutObject", "1 ec2 DescribeInstances",
                 "1 ec2 RunInstances", "* ec2 DescribeInstances", "* s3 GetObject"});
  settings.store.clear();
  settings.secrets.clear();
  settings.max_running.reset();
  settings.launch_template_id = "web"; // whatever it says, the bundle goes with the user data
  const Lines lines = calls_for(settings);
  CHECK(lines[0] == "1 ec2 DescribeLaunchTemplateVersions");
  CHECK(std::ranges::count(lines, "1 s3 HeadObject") == 0);
}

TEST_CASE("boot: the least time is that of EC2's buckets")
{
  Settings settings = bootable();
  settings.count = 1000;
  settings.wait_for = config::WaitFor::running;
  const auto all = calls_of(plan_of(settings), settings, k_facts);
  CHECK(least_time(all, 0) == Millis(0)); // four groups
  CHECK(least_time(all, 1) == Millis(0));
  CHECK(least_time(all, 21) == Millis(10'000)); // five at once, then two a second
}

TEST_CASE("boot: without a store each machine's console takes a token of its bucket")
{
  Settings settings = bootable();
  settings.count = 400;
  CHECK(least_time(calls_of(plan_of(settings), settings, k_facts), 0) == Millis(15'000));
  settings.count = 100;
  CHECK(least_time(calls_of(plan_of(settings), settings, k_facts), 0) == Millis(0));
  settings.count = 400;
  settings.wait_for = config::WaitFor::running;
  CHECK(least_time(calls_of(plan_of(settings), settings, k_facts), 0) == Millis(0));
  settings.wait_for.reset();
  settings.store = "s3://keep/flame/";
  CHECK(least_time(calls_of(plan_of(settings), settings, k_facts), 0) == Millis(0));
}

TEST_CASE("boot: many that are heard by their consoles alone are worth a line")
{
  Settings settings = bootable();
  const auto noted = [&] {
    const Lines notices = plan_of(settings).notices;
    return std::ranges::count(notices,
                              "the consoles of 11 machines are read one by one, as EC2's limits "
                              "let; a store is quicker: --store s3://BUCKET/PREFIX/");
  };
  settings.count = 10;
  CHECK(noted() == 0);
  settings.count = 11;
  CHECK(noted() == 1);
  settings.wait_for = config::WaitFor::running;
  CHECK(noted() == 0);
  settings.wait_for.reset();
  settings.store = "s3://keep/flame/";
  CHECK(noted() == 0);
}

TEST_CASE("boot: more types than EC2 takes at once are looked at in as many calls")
{
  Settings settings = bootable();
  settings.instance_types.clear();
  for (int i = 0; i < 201; ++i) {
    settings.instance_types.push_back(fmt::format("m{}a.large", i));
  }
  CHECK(std::ranges::count(calls_for(settings), "2 ec2 DescribeInstanceTypeOfferings") == 1);
}

TEST_CASE("boot: max_running counts what lives and what would come")
{
  Settings settings = bootable();
  settings.count = 3;
  const Plan plan = plan_of(settings);
  CHECK(check_max_running(plan, settings, 100'000));
  settings.max_running = 5;
  CHECK(check_max_running(plan, settings, 2));
  const auto full = check_max_running(plan, settings, 3);
  REQUIRE(!full);
  CHECK(full.error().kind == ErrorKind::capacity);
  CHECK(full.error().message
        == "3 machines of app shop live, 3 more would be over max_running, which is 5");
  CHECK(full.error().hint.find("flame-ec2 list --region eu-west-1 --app shop")
        != std::string::npos);
  settings.max_running = 2;
  const auto never = make_plan(settings, k_facts);
  REQUIRE(!never);
  CHECK(never.error().message == "count is 3, and max_running 2");
  CHECK(never.error().kind == ErrorKind::config);
}
