#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;

TEST_CASE("cli: help, version and mistakes go where they belong")
{
  FakeWorld fake;
  CHECK(run(fake, {"--help"}) == 0);
  CHECK(fake.out.starts_with("flame-ec2 boots"));
  CHECK(fake.err.empty());
  fake.out.clear();
  CHECK(run(fake, {"help", "boot"}) == 0);
  CHECK(fake.out.starts_with("Usage: flame-ec2 boot"));
  fake.out.clear();
  CHECK(run(fake, {"help", "settings"}) == 0);
  CHECK(fake.out.starts_with("# Settings\n"));
  fake.out.clear();
  CHECK(run(fake, {"--version"}) == 0);
  CHECK(fake.out.starts_with("flame-ec2 0"));
  CHECK(has(fake.out, "\ncommit unknown\nwith libcurl "));
  fake.out.clear();
  CHECK(run(fake, {"boot", "--nonsense"}) == 2);
  CHECK(run(fake, {"bot", "--help"}) == 2);
  CHECK(run(fake, {}) == 2);
  CHECK(run(fake, {"help", "bot"}) == 2);
  CHECK(has(fake.err, "did you mean: flame-ec2 help boot"));
  CHECK(run(fake, {"completion"}) == 2);
  CHECK(fake.out.empty());
  CHECK(fake.connected.empty());
}

TEST_CASE("cli: an error is said on stderr, and is an object on stdout with --json")
{
  FakeWorld fake;
  CHECK(run(fake, {"boot", "--nonsense", "--json"}) == 2);
  CHECK(has(fake.err, "flame-ec2: error: flame-ec2 boot has no flag --nonsense\nhint: "));
  CHECK(fake.out.starts_with("{\"error\":{\"kind\":\"usage\""));
}

TEST_CASE("cli: help that cannot be written is an error")
{
  FakeWorld fake;
  fake.out_is_full = true;
  CHECK(run(fake, {"--help"}) == 74);
  CHECK(has(fake.err, "no space left"));
}

TEST_CASE("cli: -v says where settings come from, without secrets")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  CHECK(run(fake, {"boot", "-v", "--dry-run"}, k_release, k_boot) == 0);
  CHECK(has(fake.err, "region = eu-west-1 (flag --region)"));
  CHECK(has(fake.err, "env = TOKEN=*** (flag --env)"));
  CHECK(!has(fake.err, "hunter2"));
}

TEST_CASE("cli: -v says what EC2 is asked, -vv with what, and neither says user data")
{
  FakeWorld fake;
  fake.ec2.launches = {api_failure(aws::ErrorClass::capacity, "InsufficientInstanceCapacity"),
                       FakeEc2::Machines{machine(k_id, aws::InstanceState::running)}};
  fake.ec2.looks = {FakeEc2::Machines{}, FakeEc2::Machines{ours(k_id)}};
  SUBCASE("-v")
  {
    CHECK(run(fake, {"boot", "-v", "--market", "spot,on-demand"}, k_release, k_boot) == 0);
    CHECK(has(fake.err, "EC2 RunInstances failed after 0 ms: InsufficientInstanceCapacity"));
    CHECK(has(fake.err, "EC2 RunInstances answered after 0 ms"));
    CHECK(!has(fake.err, "ImageId ="));
  }
  SUBCASE("-vv")
  {
    CHECK(run(fake, {"boot", "-vv", "--market", "spot,on-demand"}, k_release, k_boot) == 0);
    CHECK(has(fake.err, "RunInstances ImageId = ami-1"));
    CHECK(has(fake.err, "RunInstances UserData = ***\n"));
    CHECK(!has(fake.err, "X-Amz"));
  }
}

TEST_CASE("cli: the AWS profile gives region and endpoint, and a wrong one is named")
{
  FakeWorld fake;
  fake.files["/home/me/.aws/config"] = "[profile dev]\nregion = eu-north-1\n";
  fake.ec2.alive = {k_id};
  CHECK(run(fake, {"terminate", "--profile", "dev", k_id}) == 0);
  CHECK(fake.connected == List{"eu-north-1"});
  fake.world.env["AWS_PROFILE"] = "prod";
  CHECK(run(fake, {"terminate", k_id}) == 3);
  CHECK(has(fake.err, "AWS profile \"prod\" is not in ~/.aws/config"));
}
