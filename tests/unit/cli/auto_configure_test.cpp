#include "cli/app.hpp"
#include "support/fake_world.hpp"
#include "support/on_ec2.hpp"

#include <doctest/doctest.h>

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

TEST_CASE("cli: auto_configure fills at boot what nobody has set")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.world.env = {{"FLAME_EC2_AUTO_CONFIGURE", "true"}};
  CHECK(run(fake, k_boot, {"--instance-type", "t3.nano"}) == 0);
  CHECK(has(fake.out, R"("region":"eu-west-1")"));
  CHECK(has(fake.out, "ami-1"));
  CHECK(has(fake.out, "sg-2"));
  CHECK(has(fake.out, "t3.nano"));
  CHECK(!has(fake.out, "m7i.large"));
  CHECK(has(fake.out, "10.20.3.40")); // the tag
  CHECK(has(fake.err,
            "auto_configure: region, image_id, subnet_id, security_group_id, "
            "iam_instance_profile, key_name from instance metadata of i-0123456789abcdef0"));
  CHECK(has(fake.err, "gets all its rights"));
  CHECK(fake.metadata_asked == std::vector{client::Asked::all});
}

TEST_CASE("cli: without auto_configure the region alone is asked for, when nobody has set one")
{
  FakeWorld fake;
  fake.here = on_ec2();
  CHECK(run(fake, k_boot) == 3);
  CHECK(has(fake.err, "image_id is not set"));
  CHECK(!has(fake.err, "region"));
  CHECK(fake.metadata_asked == std::vector{client::Asked::identity});
}

TEST_CASE("cli: without auto_configure and with a region nobody asks, and nothing is filled")
{
  FakeWorld fake;
  fake.here = on_ec2();
  CHECK(run(fake, k_boot, {"--region", "eu-west-1"}) == 3);
  CHECK(has(fake.err, "image_id is not set"));
  CHECK(fake.metadata_asked.empty());
}

TEST_CASE("cli: auto_configure where there is no metadata")
{
  FakeWorld fake;
  CHECK(run(fake, k_boot, {"--auto-configure"}) == 3);
  CHECK(has(fake.err, "auto_configure: no instance metadata"));
  CHECK(!has(fake.err, "image_id is not set")); // it may be there once metadata is
  SUBCASE("with a failure that may pass")
  {
    fake.here = fail(ErrorKind::network, "instance metadata answers HTTP 503");
    CHECK(run(fake, k_boot, {"--auto-configure"}) == 7);
  }
  SUBCASE("interrupted")
  {
    Error error{.kind = ErrorKind::interrupted, .message = "stopped", .signal = 2};
    fake.here = tl::unexpected(error);
    CHECK(run(fake, k_boot, {"--auto-configure"}) == 130);
    CHECK(run(fake, {"configure", "--show", "--auto-configure"}) == 130);
  }
  SUBCASE("and other mistakes: nobody is asked")
  {
    fake.metadata_asked.clear();
    CHECK(run(fake, k_boot, {"--auto-configure", "--boot-timeout", "soon"}) == 3);
    CHECK(has(fake.err, "--boot-timeout"));
    CHECK(fake.metadata_asked.empty());
  }
  SUBCASE("what is set is shown all the same")
  {
    CHECK(run(fake, {"configure", "--show", "--auto-configure", "--app", "demo"}) == 0);
    CHECK(has(fake.err, "warning: auto_configure: no instance metadata"));
    CHECK(has(fake.out, "demo"));
  }
}

TEST_CASE("cli: commands without machines ask for the region, and only when nobody says")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.files["flame-ec2.toml"] = "auto_configure = true\n";
  CHECK(run(fake, {"terminate", "--run-id", "ci-7", "--settle", "0s"}) == 0);
  CHECK(fake.connected == List{"eu-west-1"});
  CHECK(fake.metadata_asked == std::vector{client::Asked::identity});
  fake.here = fail(ErrorKind::config, "no instance metadata");
  CHECK(run(fake, {"terminate", "--run-id", "ci-7", "--settle", "0s", "--region", "us-east-1"})
        == 0);
  CHECK(fake.metadata_asked.size() == 1);
}

TEST_CASE("cli: the region of the AWS profile wins over that of the metadata")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.files["/home/me/.aws/config"] = "[default]\nregion = us-east-1\n";
  CHECK(run(fake, k_boot, {"--auto-configure", "--image-id", "ami-9"}) == 0);
  CHECK(has(fake.out, R"("region":"us-east-1")"));
  CHECK(has(fake.err, "not taken from i-0123456789abcdef0"));
  CHECK(!has(fake.out, "subnet-1"));
}

TEST_CASE("cli: configure --auto writes what it finds, and flags win")
{
  FakeWorld fake;
  fake.here = on_ec2();
  CHECK(run(fake, {"configure", "--auto", "--app", "demo", "--instance-type", "t3.nano"}) == 0);
  const std::string& file = fake.files["flame-ec2.toml"];
  CHECK(has(file, "(instance metadata of i-0123456789abcdef0)\nimage_id = \"ami-1\"\n"));
  CHECK(has(file, "security_group_id = [\"sg-1\", \"sg-2\"]\n"));
  CHECK(has(file, "instance_type = [\"t3.nano\"]\n"));
  CHECK(has(file, "region = \"eu-west-1\"\n"));
  CHECK(has(fake.err, "filled from instance metadata of i-0123456789abcdef0, 10.20.3.40"));
  CHECK(has(fake.err, "warning: image_id is that of i-0123456789abcdef0"));
  CHECK(has(fake.err, "warning: iam_instance_profile is that of i-0123456789abcdef0"));

  CHECK(run(fake, k_boot) == 0); // the file alone
  CHECK(has(fake.out, "sg-2"));
  CHECK(run(fake, {"configure", "--show", "--json"}) == 0);
  CHECK(has(fake.out, R"("key_name":{"value":"ops")"));
  CHECK(run(fake, {"configure", "--auto"}) == 3); // the file is there
}

TEST_CASE("cli: configure --auto asks whom flags, variables and the file that is there name")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.world.env = {{"FLAME_EC2_INSTANCE_METADATA_URL", "http://127.0.0.1:2"}};
  fake.files["mine.toml"] = "instance_metadata_url = 'http://127.0.0.1:1'\n";
  CHECK(run(fake, {"configure", "--auto", "--print"}) == 0);
  CHECK(run(fake, {"configure", "--auto", "--print", "--config", "new.toml"}) == 0);
  fake.world.env.clear();
  CHECK(run(fake, {"configure", "--auto", "--print", "--config", "mine.toml"}) == 0);
  CHECK(run(fake, {"configure", "--auto", "--print", "--instance-metadata-url", "x"}) == 0);
  CHECK(fake.metadata_urls
        == List{"http://127.0.0.1:2", "http://127.0.0.1:2", "http://127.0.0.1:1", "x"});
}

TEST_CASE("cli: configure --auto adds to a pool")
{
  FakeWorld fake;
  fake.here = on_ec2();
  fake.files["flame-ec2.toml"] = "app = 'demo'\n";
  CHECK(run(fake, {"configure", "--auto", "--pool", "here"}) == 0);
  CHECK(fake.files["flame-ec2.toml"].starts_with("app = 'demo'\n\n[pool.here]\n"));
  CHECK(run(fake, k_boot, {"--pool", "here"}) == 0);
}

TEST_CASE("cli: configure --auto and --like where they cannot be")
{
  FakeWorld fake;
  CHECK(run(fake, {"configure", "--auto"}) == 3);
  CHECK(has(fake.err, "no instance metadata: nobody there"));
  CHECK(!fake.files.contains("flame-ec2.toml"));
  fake.here = on_ec2();
  CHECK(run(fake, {"configure", "--auto", "--like", "i-1"}) == 2);
  CHECK(run(fake, {"configure", "--auto", "--show"}) == 2);
  CHECK(run(fake, {"configure", "--like", "i-1", "--show"}) == 2);
  CHECK(run(fake, {"configure", "--like", "web-1"}) == 2);
  CHECK(run(fake, {"configure", "--like", ""}) == 2);
  CHECK(run(fake, {"configure", "--auto", "--boot-timeout", "soon"}) == 3);
  CHECK(fake.metadata_asked.size() == 1);
  CHECK(run(fake, {"configure", "--like", "i-1"}) == 3);
  CHECK(has(fake.err, "region is not set"));
  CHECK(fake.connected.empty());
}

TEST_CASE("cli: configure --like takes a machine that EC2 describes")
{
  FakeWorld fake;
  const List like = {"configure", "--like",   "i-0123456789abcdef0",
                     "--print",   "--region", "eu-west-1"};
  SUBCASE("one that lives")
  {
    fake.ec2.looks = {FakeEc2::Machines{on_ec2().instance}};
    CHECK(run(fake, like) == 0);
    CHECK(has(fake.out, "(machine i-0123456789abcdef0)\nimage_id = \"ami-1\"\n"));
    CHECK(
      has(fake.out, "iam_instance_profile = \"arn:aws:iam::123456789012:instance-profile/web\"\n"));
    CHECK(has(fake.out, "region = \"eu-west-1\"\n"));
    CHECK(fake.metadata_asked.empty());
    CHECK(fake.ec2.calls == List{"describe i-0123456789abcdef0"});
  }
  SUBCASE("one that has ended")
  {
    aws::Instance ended = on_ec2().instance;
    ended.state = aws::InstanceState::terminated;
    fake.ec2.looks = {FakeEc2::Machines{ended}};
    CHECK(run(fake, like) == 3);
    CHECK(has(fake.err, "i-0123456789abcdef0 is terminated"));
  }
  SUBCASE("one that is nobody's, or of another account")
  {
    fake.ec2.looks = {api_failure(aws::ErrorClass::consistency, "InvalidInstanceID.NotFound")};
    CHECK(run(fake, like) == 3);
    CHECK(has(fake.err, "there is no machine i-0123456789abcdef0 of this account in eu-west-1"));
    fake.ec2.looks = {FakeEc2::Machines{}};
    CHECK(run(fake, like) == 3);
  }
  SUBCASE("without the permission to look")
  {
    fake.ec2.looks = {api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")};
    CHECK(run(fake, like) == 5);
  }
}
