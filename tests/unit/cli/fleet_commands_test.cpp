#include "cli/app.hpp"
#include "support/fake_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::test;
using enum aws::InstanceState;

namespace {

using List = std::vector<std::string>;
using Machines = FakeEc2::Machines;

const std::string k_id = "i-0123456789abcdef0";
const std::string k_other = "i-0123456789abcdef1";

struct Fixture : FakeWorld {
  Fixture()
  {
    world.env = {{"AWS_REGION", "eu-west-1"}};
    ec2.time = clock.utc;
  }
  int run(const List& arguments)
  {
    out.clear();
    err.clear();
    return cli::run(arguments, world);
  }
  bool said(std::string_view text) const { return err.find(text) != std::string::npos; }
  bool printed(std::string_view text) const { return out.find(text) != std::string::npos; }
};

aws::Instance ours(const std::string& id, const std::string& expires_at,
                   aws::InstanceState state = running)
{
  aws::Instance instance = machine(id, state);
  instance.launch_time = "2026-01-15T08:00:00.000Z";
  instance.instance_type = "t3.nano";
  instance.tags = {
    {"flame-ec2:run-id", "ci-7"}, {"flame-ec2:app", "demo"}, {"flame-ec2:expires-at", expires_at}};
  return instance;
}

const std::string k_passed = "2026-01-15T08:10:30Z"; // five minutes ago
const std::string k_later = "2026-01-15T09:15:30Z";

} // namespace

TEST_CASE("cli gc: ends what has expired, by EC2's clock alone")
{
  Fixture fake;
  fake.ec2.alive = {k_id, k_other};
  fake.ec2.looks = {Machines{ours(k_id, k_passed), ours(k_other, k_later)}};
  SUBCASE("now")
  {
    CHECK(fake.run({"gc"}) == 0);
    CHECK(fake.ec2.alive == std::set<std::string>{k_other});
    CHECK(fake.printed("ended  " + k_id));
    CHECK(fake.printed("expired 5m ago"));
  }
  SUBCASE("when this computer's clock is behind")
  {
    fake.clock.utc -= std::chrono::hours(2);
    CHECK(fake.run({"gc"}) == 0);
    CHECK(fake.ec2.alive == std::set<std::string>{k_other});
  }
  SUBCASE("when this computer's clock is ahead")
  {
    fake.clock.utc += std::chrono::hours(2);
    CHECK(fake.run({"gc"}) == 0);
    CHECK(fake.ec2.alive == std::set<std::string>{k_other});
  }
  SUBCASE("not without a Date")
  {
    fake.ec2.time.reset();
    CHECK(fake.run({"gc"}) == 7);
    CHECK(fake.ec2.alive.size() == 2);
  }
  SUBCASE("not in a dry run")
  {
    CHECK(fake.run({"gc", "--dry-run"}) == 0);
    CHECK(fake.ec2.alive.size() == 2);
    CHECK(fake.printed("expired  " + k_id));
  }
}

TEST_CASE("cli gc: a status says whether anything was found, when asked for")
{
  Fixture fake;
  CHECK(fake.run({"gc", "--exit-code"}) == 0);
  CHECK(fake.said("nothing has expired in eu-west-1"));
  fake.ec2.looks = {Machines{}, Machines{machine(k_id, running)}}; // of FlameEC2 1.0
  CHECK(fake.run({"gc", "--exit-code", "--json"}) == 11);
  CHECK(fake.printed("\"orphans\":[{\"kind\":\"instance\",\"id\":\"" + k_id + "\""));
  CHECK(!fake.printed("\"error\""));
  CHECK(!fake.said("error"));
  fake.ec2.resources = std::vector<aws::Resource>{{.id = "vol-1", .state = "available"}};
  CHECK(fake.run({"gc", "--exit-code"}) == 11);
  CHECK(fake.printed("leftover  vol-1"));
  CHECK(fake.run({"gc"}) == 0);
}

TEST_CASE("cli gc: what it may not do is said")
{
  Fixture fake;
  SUBCASE("look")
  {
    fake.ec2.looks = {api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")};
    CHECK(fake.run({"gc"}) == 5);
    CHECK(fake.out.empty());
  }
  SUBCASE("end: named, and the rest is done")
  {
    fake.ec2.looks = {Machines{ours(k_id, k_passed), ours(k_other, k_passed)}};
    fake.ec2.bad = {{k_id, api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")}};
    CHECK(fake.run({"gc", "--json"}) == 10);
    CHECK(fake.printed("\"instances\":[\"" + k_id + "\"]"));
    CHECK(fake.said(k_id + ": EC2 said UnauthorizedOperation"));
    CHECK(std::ranges::count(fake.out, '\n') == 1); // one object
  }
  SUBCASE("look at volumes: only a note")
  {
    fake.ec2.resources =
      tl::unexpected(api_failure(aws::ErrorClass::permission, "UnauthorizedOperation"));
    CHECK(fake.run({"gc"}) == 0);
    CHECK(fake.said("volumes are not looked at"));
    CHECK(fake.said("network-interfaces are not looked at"));
  }
}

TEST_CASE("cli gc and list: all regions, each with its own connection")
{
  Fixture fake;
  fake.ec2.regions = List{"us-east-1", "ap-south-1"};
  fake.ec2.looks = {Machines{ours(k_id, k_later)}, Machines{ours(k_other, k_later)}};
  CHECK(fake.run({"list", "--region", "all", "--ids"}) == 0);
  CHECK(fake.connected == List{"eu-west-1", "ap-south-1", "us-east-1"});
  CHECK(fake.out == k_id + "\n" + k_other + "\n");
  SUBCASE("one fails, and is named")
  {
    fake.ec2.looks = {api_failure(aws::ErrorClass::transient), Machines{ours(k_other, k_later)}};
    CHECK(fake.run({"list", "--region", "all", "--ids"}) == 7);
    CHECK(fake.out == k_other + "\n");
    CHECK(fake.said("error: ap-south-1: "));
  }
  SUBCASE("without a region of one's own, a first one is asked")
  {
    fake.world.env.clear();
    fake.connected.clear();
    CHECK(fake.run({"gc", "--region", "all"}) == 0);
    CHECK(fake.connected.front() == "us-east-1");
  }
  SUBCASE("only on the command line, and not where one region is meant")
  {
    CHECK(fake.run({"terminate", "--region", "all", "--run-id", "x"}) == 2);
    fake.ec2.regions = tl::unexpected(api_failure(aws::ErrorClass::permission));
    CHECK(fake.run({"gc", "--region", "all"}) == 5);
  }
}

TEST_CASE("cli list: a table with local times, JSON with ISO ones")
{
  Fixture fake;
  fake.ec2.looks = {Machines{ours(k_id, k_later)}};
  CHECK(fake.run({"ls"}) == 0);
  CHECK(fake.out
        == "ID                   STATE    APP   RUN   TYPE     LAUNCHED         EXPIRES\n"
           "i-0123456789abcdef0  running  demo  ci-7  t3.nano  09:00 (15m ago)  10:15 (in 1h)\n");
  fake.ec2.looks = {Machines{ours(k_id, k_later)}};
  fake.world.terminal.out_width = 60;
  CHECK(fake.run({"list"}) == 0);
  for (const std::string& line : {fake.out.substr(0, fake.out.find('\n'))}) {
    CHECK(line.size() <= 60);
  }
  fake.ec2.looks = {Machines{ours(k_id, k_later)}};
  CHECK(fake.run({"list", "--json"}) == 0);
  CHECK(fake.printed("\"launched_at\":\"2026-01-15T08:00:00Z\""));
  CHECK(fake.printed("\"expires_at\":\"2026-01-15T09:15:30Z\""));
}

TEST_CASE("cli list --all: ended machines with their last stage")
{
  Fixture fake;
  fake.ec2.looks = {Machines{ours(k_id, k_later, terminated)}};
  fake.ec2.consoles = {
    "flame-ec2 n stage=boot t=0.01 .\nflame-ec2 n stage=failed t=1.00 at=unpack .\n"};
  CHECK(fake.run({"list", "--all"}) == 0);
  CHECK(fake.printed("failed: at unpack"));
}

TEST_CASE("cli list --all: a release that found no parent has failed, though it stopped in order")
{
  Fixture fake;
  fake.ec2.looks = {Machines{ours(k_id, k_later, terminated)}};
  fake.ec2.consoles = {
    "flame-ec2 n stage=boot t=0.01 .\nflame-ec2 n stage=failed t=21.00 at=parent rc=0 .\n"
    "flame-ec2 n stage=stopped t=21.01 rc=0 msg=success .\n"};
  CHECK(fake.run({"list", "--all"}) == 0);
  CHECK(fake.printed("failed: at parent"));
}

TEST_CASE("cli logs: the newest of a run; latest console, else the last one EC2 kept")
{
  Fixture fake;
  aws::Instance newer = ours(k_other, k_later);
  newer.launch_time = "2026-01-15T08:10:00.000Z";
  fake.ec2.looks = {Machines{ours(k_id, k_later), newer}};
  fake.ec2.consoles = {
    api_failure(aws::ErrorClass::unsupported, "UnsupportedOperation"),
    "flame-ec2 n0nce stage=boot t=0.01 .\nhello \033[31mred\033[0m very-secret-key\n"};
  CHECK(fake.run({"logs", "--run-id", "ci-7"}) == 0);
  CHECK(fake.out
        == "STAGE  AT\nboot   0.01s\n\nflame-ec2 *** stage=boot t=0.01 .\nhello red ***\n");
  CHECK(std::ranges::count(fake.ec2.calls, "console " + k_other + " latest") == 1);
  CHECK(std::ranges::count(fake.ec2.calls, "console " + k_other) == 1);
}

TEST_CASE("cli logs --follow: each line once, with growing patience, until the machine has ended")
{
  Fixture fake;
  const std::string all = "one\ntwo\nthree\n";
  fake.ec2.looks = {Machines{ours(k_id, k_later)}, Machines{ours(k_id, k_later)},
                    Machines{ours(k_id, k_later)}, Machines{ours(k_id, k_later)},
                    Machines{ours(k_id, k_later)}, Machines{ours(k_id, k_later, terminated)}};
  fake.ec2.consoles = {all.substr(0, 6), all.substr(0, 6), all.substr(0, 6), all.substr(0, 8), all};
  CHECK(fake.run({"logs", "-f", k_id}) == 0);
  CHECK(fake.out == all);
  REQUIRE(fake.clock.slept.size() == 4);
  CHECK(fake.clock.slept[1] > fake.clock.slept[0]);
  CHECK(fake.clock.slept[2] > fake.clock.slept[1]);
  CHECK(fake.clock.slept[3] < fake.clock.slept[2]); // there was news
  CHECK(fake.said(k_id + " is terminated"));
}

TEST_CASE("cli logs: what cannot be shown")
{
  Fixture fake;
  CHECK(fake.run({"logs", k_id}) == 1);
  CHECK(fake.said("EC2 shows no machine " + k_id + " in eu-west-1 of account 123456789012"));
  fake.ec2.looks = {Machines{ours(k_id, k_later)}};
  CHECK(fake.run({"logs", k_id}) == 0);
  CHECK(fake.said("is empty"));
  fake.ec2.looks = {Machines{ours(k_id, k_later)}};
  fake.ec2.consoles = {api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")};
  CHECK(fake.run({"logs", k_id}) == 5);
  CHECK(fake.run({"logs", k_id, k_other}) == 2);
  CHECK(fake.run({"logs", k_id, "-o", "env"}) == 2);
}

TEST_CASE("cli terminate: a late machine of a run is ended when --settle says how long to look")
{
  Fixture fake;
  fake.ec2.alive = {k_id, k_other};
  fake.ec2.looks = {Machines{ours(k_id, k_later)}, Machines{}, Machines{ours(k_other, k_later)}};
  CHECK(fake.run({"terminate", "--run-id", "ci-7", "--settle", "20s"}) == 0);
  CHECK(fake.out == k_id + "\n" + k_other + "\n");
  CHECK(fake.ec2.alive.empty());
}

TEST_CASE("cli terminate: an id that appears late and is not ours stays")
{
  Fixture fake;
  fake.ec2.alive = {k_id};
  fake.ec2.looks = {Machines{}, Machines{}, Machines{machine(k_id, running)}};
  CHECK(fake.run({"terminate", k_id}) == 2);
  CHECK(fake.said("--force"));
  CHECK(fake.ec2.alive.contains(k_id));
}
