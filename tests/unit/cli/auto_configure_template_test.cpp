#include "cli/app.hpp"
#include "support/fake_world.hpp"
#include "support/on_ec2.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::test;
using List = std::vector<std::string>;

namespace {

const List k_boot = {
  "boot",      "--wait-for",     "running", "--app", "demo", "--bundle", "s3://bundles/demo.tar.gz",
  "--dry-run", "--max-lifetime", "1h",      "--json"};

int run(FakeWorld& fake, List arguments, const List& more = {})
{
  fake.out.clear();
  fake.err.clear();
  arguments.insert(arguments.end(), more.begin(), more.end());
  return cli::run(arguments, fake.world);
}

bool has(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("cli: auto_configure beside a launch template that nobody looks into: region and address")
{
  FakeWorld fake;
  fake.here = on_ec2();
  CHECK(run(fake, k_boot, {"--auto-configure", "--launch-template-id", "lt-1"}) == 0);
  CHECK(has(fake.out, R"("region":"eu-west-1")"));
  CHECK(has(fake.out, "10.20.3.40"));
  CHECK(!has(fake.out, "sg-1"));
  CHECK(!has(fake.out, "m7i.large"));
  CHECK(has(fake.err, "a boot would also fill what launch template lt-1 leaves open"));
  CHECK(fake.connected.empty());
  CHECK(fake.metadata_asked == std::vector{client::Asked::all});
}

TEST_CASE("cli: auto_configure beside a launch template that says all asks for the identity")
{
  FakeWorld fake;
  fake.here = on_ec2();
  const List all = {"--auto-configure",
                    "--launch-template-id",
                    "lt-1",
                    "--instance-type",
                    "t3.nano",
                    "--subnet-id",
                    "subnet-9",
                    "--security-group-id",
                    "sg-9",
                    "--iam-instance-profile",
                    "narrow",
                    "--key-name",
                    "mine"};
  CHECK(run(fake, k_boot, all) == 0);
  CHECK(!has(fake.err, "leaves open"));
  CHECK(fake.metadata_asked == std::vector{client::Asked::identity});
}

TEST_CASE("cli: auto_configure fills what a launch template leaves open, by one look into it")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.ec2.templates["lt-1"] = {
    .id = "lt-1", .version = "2", .image_id = "ami-7", .key_name = "theirs"};
  fake.ec2.launches = {api_failure(aws::ErrorClass::dry_run, "DryRunOperation")};
  const List boot = {"boot",
                     "--app",
                     "demo",
                     "--bundle",
                     "s3://bundles/d.tar.gz",
                     "--max-lifetime",
                     "1h",
                     "--dry-run=ec2",
                     "--json",
                     "--auto-configure",
                     "--launch-template-id",
                     "lt-1"};
  SUBCASE("one that is seen")
  {
    CHECK(run(fake, boot) == 0);
    REQUIRE(fake.ec2.launched_with.size() == 1);
    const aws::Params& sent = fake.ec2.launched_with.front();
    CHECK(value_of(sent, "ImageId").empty());
    CHECK(value_of(sent, "InstanceType") == "m7i.large");
    CHECK(value_of(sent, "SubnetId") == "subnet-1");
    CHECK(value_of(sent, "SecurityGroupId.2") == "sg-2");
    CHECK(value_of(sent, "IamInstanceProfile.Arn")
          == "arn:aws:iam::123456789012:instance-profile/web");
    CHECK(value_of(sent, "KeyName").empty());
    CHECK(has(fake.err, "auto_configure: instance_type, subnet_id, security_group_id, "
                        "iam_instance_profile from instance metadata of i-0123456789abcdef0"));
    CHECK(has(fake.err, "gets all its rights"));
    CHECK(fake.ec2.calls.front() == "template lt-1 $Default");
    CHECK(std::ranges::count(fake.ec2.calls, fake.ec2.calls.front()) == 1);
  }
  SUBCASE("one that may not be seen")
  {
    fake.ec2.refused = {
      {"template", api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")}};
    CHECK(run(fake, boot) == 0);
    REQUIRE(fake.ec2.launched_with.size() == 1);
    const aws::Params& sent = fake.ec2.launched_with.front();
    for (const char* name : {"ImageId", "InstanceType", "SubnetId", "SecurityGroupId.1",
                             "IamInstanceProfile.Arn", "KeyName"}) {
      CHECK(value_of(sent, name).empty());
    }
    CHECK(has(fake.out, R"("region":"eu-west-1")"));
    CHECK(has(fake.out, "10.20.3.40"));
    CHECK(has(fake.err, "warning: not taken from i-0123456789abcdef0, since launch template lt-1 "
                        "may say it and was not looked into: instance_type, subnet_id"));
    CHECK(fake.ec2.calls.front() == "template lt-1 $Default");
    CHECK(std::ranges::count(fake.ec2.calls, fake.ec2.calls.front()) == 1);
  }
  SUBCASE("on a machine without IPv4")
  {
    fake.here->instance.private_ip.clear();
    CHECK(run(fake, boot) == 3);
    CHECK(has(fake.err, "auto_configure: i-0123456789abcdef0 has no IPv4 address"));
    CHECK(fake.ec2.launched_with.empty());
  }
}

TEST_CASE("cli: configure --auto and --like write what a launch template leaves open")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.ec2.templates["web"] = {.id = "lt-1", .version = "2", .security_groups = {"sg-7"}};
  fake.ec2.looks = {FakeEc2::Machines{on_ec2().instance}};
  const List of_template = {"--print", "--launch-template-id", "web"};
  const auto auto_beside = [&] { return run(fake, {"configure", "--auto"}, of_template); };
  SUBCASE("one that is seen")
  {
    CHECK(auto_beside() == 0);
    CHECK(fake.connected == List{"eu-west-1"});
    const std::string text = fake.out;
    CHECK(run(fake, {"configure", "--like", "i-0123456789abcdef0", "--region", "eu-west-1"},
              of_template)
          == 0);
    for (const std::string& out : {text, fake.out}) {
      CHECK(has(out, "\ninstance_type = [\"m7i.large\"]\n"));
      CHECK(has(out, "\nkey_name = \"ops\"\n"));
      CHECK(has(out, "\niam_instance_profile = "));
      CHECK(!has(out, "\nimage_id = "));
      CHECK(!has(out, "\nsubnet_id = "));
      CHECK(!has(out, "\nsecurity_group_id = "));
    }
  }
  SUBCASE("one that may not be seen")
  {
    fake.ec2.refused = {
      {"template", api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")}};
    CHECK(auto_beside() == 0);
    CHECK(has(fake.err, "warning: no permission to look into launch template web"));
    CHECK(has(fake.err, "warning: not taken from i-0123456789abcdef0"));
    CHECK(has(fake.out, "\nregion = \"eu-west-1\"\n"));
    CHECK(!has(fake.out, "\ninstance_type = "));
  }
  SUBCASE("without credentials")
  {
    fake.ec2.refused = {{"template", api_failure(aws::ErrorClass::unknown)}};
    fake.ec2.refused.at("template").error = {.kind = ErrorKind::credentials,
                                             .message = "there are no AWS credentials"};
    CHECK(auto_beside() == 0);
    CHECK(has(fake.err, "warning: there are no AWS credentials"));
    CHECK(has(fake.err, "warning: not taken from i-0123456789abcdef0"));
    CHECK(!has(fake.out, "\ninstance_type = "));
  }
  SUBCASE("one that is not there")
  {
    fake.ec2.templates.clear();
    CHECK(auto_beside() == 1);
    CHECK(fake.out.empty());
  }
}
