#include "client/credentials/chain.hpp"
#include "client/credentials/profile.hpp"
#include "support/fake_sources.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace flame::client;

namespace {

const std::string k_config_path = "/home/me/.aws/config";
const std::string k_keys_path = "/home/me/.aws/credentials";

std::string keys(const std::string& section, const std::string& id)
{
  return "[" + section + "]\naws_access_key_id = " + id + "\naws_secret_access_key = secret+of/"
         + id + "=\n";
}

} // namespace

TEST_CASE("client::from_profile takes the keys of the profile that is named")
{
  FakeSources world;
  world.files[k_config_path] = keys("default", "ONE") + keys("profile dev", "TWO");
  world.files[k_keys_path] =
    keys("prod", "THREE") + "aws_session_token = token\n" + "aws_account_id = 123456789012\n";
  const auto id = [&] { return from_profile(world.sources()).value().value().access_key_id; };
  CHECK(id() == "ONE");
  world.env["AWS_DEFAULT_PROFILE"] = "dev";
  CHECK(id() == "TWO");
  world.env["AWS_PROFILE"] = "prod";
  CHECK(id() == "THREE");
  const auto prod = from_profile(world.sources()).value().value();
  CHECK(prod.secret_access_key == "secret+of/THREE=");
  CHECK(prod.session_token == "token");
  CHECK(prod.account_id == "123456789012");
  CHECK(prod.provider == "profile prod");
  world.profile = "default";
  CHECK(id() == "ONE");
}

TEST_CASE("client::from_profile: the credentials file wins over the config file")
{
  FakeSources world;
  world.files[k_config_path] = keys("default", "ONE");
  world.files[k_keys_path] = keys("default", "TWO");
  CHECK(from_profile(world.sources()).value()->access_key_id == "TWO");
}

TEST_CASE("client::from_profile reads the files that the environment names")
{
  FakeSources world;
  world.env = {{"AWS_CONFIG_FILE", "/etc/aws"}, {"AWS_SHARED_CREDENTIALS_FILE", "~/keys"}};
  world.files["/etc/aws"] = "[default]\nregion = eu-west-1\n";
  world.files["/home/me/keys"] = keys("default", "ONE");
  CHECK(from_profile(world.sources()).value()->access_key_id == "ONE");
  CHECK(selected_profile(world.sources())->value("region") == "eu-west-1");
  CHECK(world.read.front() == "/etc/aws");
}

TEST_CASE("client::from_profile: nothing set up")
{
  FakeSources world;
  SUBCASE("no files") {}
  SUBCASE("no default profile")
  {
    world.files[k_config_path] = keys("profile dev", "ONE");
  }
  SUBCASE("a default profile without keys")
  {
    world.files[k_config_path] = "[default]\nregion = eu-west-1\n";
  }
  CHECK(!from_profile(world.sources())->has_value());
  auto homeless = world.sources();
  homeless.home = "";
  CHECK(!from_profile(homeless)->has_value());
}

TEST_CASE("client::from_profile: a named profile has to be there")
{
  FakeSources world;
  world.files[k_config_path] = keys("profile staging", "ONE");
  world.env["AWS_PROFILE"] = "stagin";
  const auto found = from_profile(world.sources());
  REQUIRE(!found);
  CHECK(found.error().kind == ErrorKind::config);
  CHECK(found.error().message
        == "AWS profile \"stagin\" is not in ~/.aws/config or ~/.aws/credentials");
  CHECK(found.error().hint == "did you mean \"staging\"?");
  world.env["AWS_PROFILE"] = "other";
  CHECK(from_profile(world.sources()).error().hint == "they hold: staging");
  world.files.clear();
  CHECK(from_profile(world.sources()).error().hint == "they hold no profile");
}

TEST_CASE("client::from_profile: keys in the credentials file stand before a process, not a role")
{
  FakeSources world;
  world.files[k_keys_path] = keys("default", "ONE");
  world.files[k_config_path] = "[default]\ncredential_process = /bin/keys\n";
  CHECK(from_profile(world.sources()).value()->access_key_id == "ONE");
  world.files[k_config_path] = "[default]\nrole_arn = arn:aws:iam::1:role/x\n";
  CHECK(!from_profile(world.sources()));
}

TEST_CASE("client::from_profile: half a pair is an error")
{
  FakeSources world;
  world.files[k_keys_path] = "[default]\naws_secret_access_key = hunter2\n";
  const auto found = from_profile(world.sources());
  REQUIRE(!found);
  CHECK(found.error().message
        == "AWS profile \"default\" has aws_secret_access_key and no aws_access_key_id in "
           "~/.aws/credentials");
}

TEST_CASE("client::discover with --profile never goes on to the machine's role")
{
  FakeSources world;
  world.http.answers = role_answers();
  world.files[k_config_path] = "[profile dev]\nregion = eu-west-1\n";
  world.profile = "dev";
  const auto found = discover(default_chain(), world.sources());
  REQUIRE(!found);
  CHECK(found.error().message == "no AWS credentials found (asked: profile)");
  CHECK(found.error().hint.find("profile \"dev\" holds no credentials") != std::string::npos);
  CHECK(world.http.requests.empty());
}

TEST_CASE("client::selected_profile tells the services section")
{
  FakeSources world;
  world.files[k_config_path] = "[default]\nservices = local\nca_bundle = /ca.pem\n"
                               "[services local]\nec2 =\n  endpoint_url = http://127.0.0.1:1\n";
  const auto profile = selected_profile(world.sources());
  REQUIRE(profile);
  CHECK(profile->value("ca_bundle") == "/ca.pem");
  CHECK(profile->value("ec2.endpoint_url") == "http://127.0.0.1:1");
  CHECK(profile->value("s3.endpoint_url").empty());
  world.files[k_config_path] = "[default]\nservices = local\n";
  CHECK(selected_profile(world.sources()).error().message
        == "AWS profile \"default\" names services \"local\", which are not there");
}

TEST_CASE("client::selected_profile: files that cannot be read or parsed are errors")
{
  FakeSources world;
  auto sources = world.sources();
  sources.read_file = [](const std::string&) -> Result<std::optional<std::string>> {
    return fail(ErrorKind::config, "no permission");
  };
  CHECK(selected_profile(sources).error().message == "no permission");
  world.files[k_keys_path] = "[default]\naws_secret_access_key hunter2\n";
  const auto broken = selected_profile(world.sources());
  REQUIRE(!broken);
  CHECK(broken.error().message.find("hunter2") == std::string::npos);
}
