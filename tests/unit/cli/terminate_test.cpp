#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;

TEST_CASE("cli terminate: exactly one selection, and never an empty one")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}, {"FLAME_EC2_RUN_ID", "x"}, {"RELEASE_NAME", "x"}};
  fake.files = {{"empty", "\n"}};
  CHECK(run(fake, {"terminate"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a", "--all"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a", k_id}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", ""}) == 2);
  CHECK(run(fake, {"terminate", "--app="}) == 2);
  CHECK(run(fake, {"terminate", "--run-id-file", "empty"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a b"}) == 2);
  CHECK(run(fake, {"terminate", "web"}) == 2);
  CHECK(run(fake, {"terminate", ""}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a", "--settle", "5"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id-file", "not-there"}) == 3);
  CHECK(fake.connected.empty());
  CHECK(fake.out.empty());
}

TEST_CASE("cli terminate: needs a region, and says so")
{
  FakeWorld fake;
  CHECK(run(fake, {"terminate", k_id}) == 3);
  CHECK(has(fake.err, "region is not set"));
}

TEST_CASE("cli terminate: ends and prints")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  fake.files = {{"run", "ci-7\n"}};
  fake.ec2.alive = {k_id, k_other};
  fake.ec2.looks = {FakeEc2::Machines{ours(k_id)}};
  SUBCASE("by id")
  {
    CHECK(run(fake, {"terminate", k_id}) == 0);
    CHECK(fake.out == k_id + "\n");
    CHECK(fake.ec2.alive == std::set<std::string>{k_other});
  }
  SUBCASE("by the run in a file")
  {
    CHECK(run(fake, {"terminate", "--run-id-file", "run", "--json"}) == 0);
    CHECK(fake.out
          == "{\"region\":\"eu-west-1\",\"run_id\":\"ci-7\",\"terminated\":[\"" + k_id + "\"]}\n");
  }
  SUBCASE("a machine that EC2 does not show yet is ended all the same")
  {
    fake.ec2.looks = {};
    CHECK(run(fake, {"terminate", k_id}) == 0);
    CHECK(!fake.ec2.alive.contains(k_id));
  }
  SUBCASE("what could not be ended is named")
  {
    fake.ec2.refusals.assign(50, api_failure(aws::ErrorClass::permission, "UnauthorizedOperation"));
    CHECK(run(fake, {"terminate", k_id}) == 10);
    CHECK(has(fake.err, k_id));
    CHECK(fake.out.empty());
  }
}

TEST_CASE("cli terminate: a run without machines is done, and where it looked is said")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  CHECK(run(fake, {"terminate", "--run-id", "ci-7", "--settle", "4s"}) == 0);
  CHECK(fake.clock.slept.size() >= 2);
  CHECK(has(fake.err, "no machine of run ci-7 lives in eu-west-1 of account 123456789012"));
  CHECK(fake.out.empty());
}

TEST_CASE("cli terminate: a machine that is not ours needs --force")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  fake.ec2.alive = {k_id};
  fake.ec2.looks = {FakeEc2::Machines{machine(k_id, aws::InstanceState::running)}};
  CHECK(run(fake, {"terminate", k_id}) == 2);
  CHECK(has(fake.err, "--force"));
  CHECK(fake.ec2.alive.contains(k_id));
  CHECK(run(fake, {"terminate", "--force", k_id}) == 0);
  CHECK(fake.ec2.alive.empty());
}

TEST_CASE("cli terminate --app and --all: list and ask, or need --yes")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  fake.ec2.alive = {k_id};
  fake.ec2.looks = {FakeEc2::Machines{ours(k_id)}};
  SUBCASE("nobody to ask")
  {
    CHECK(run(fake, {"terminate", "--all"}) == 2);
    CHECK(has(fake.err, "--yes"));
    CHECK(fake.ec2.calls.empty());
  }
  SUBCASE("the answer is no, or none")
  {
    fake.world.terminal.input = true;
    CHECK(run(fake, {"terminate", "--all"}) != 0);
    CHECK(has(fake.err, "run ci-7"));
    CHECK(has(fake.err, "End this machine in eu-west-1? [y/N]"));
    CHECK(fake.ec2.alive.contains(k_id));
  }
  SUBCASE("the answer is yes")
  {
    fake.world.terminal.input = true;
    fake.answer = "y";
    CHECK(run(fake, {"terminate", "--app", "demo"}) == 0);
    CHECK(fake.ec2.alive.empty());
  }
  SUBCASE("a signal instead of an answer")
  {
    fake.world.terminal.input = true;
    fake.world.read_line = [&]() -> std::optional<std::string> {
      fake.cancel.now.signal = 2;
      return std::nullopt;
    };
    CHECK(run(fake, {"terminate", "--all"}) == 130);
    CHECK(fake.ec2.alive.contains(k_id));
  }
  SUBCASE("--yes")
  {
    CHECK(run(fake, {"terminate", "--all", "--yes"}) == 0);
    CHECK(fake.ec2.alive.empty());
  }
}
