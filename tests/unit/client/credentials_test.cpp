#include "client/credentials/chain.hpp"
#include "support/fake_sources.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace flame::client;

namespace {

const std::map<std::string, std::string> k_env_keys = {{"AWS_ACCESS_KEY_ID", "AKIA1"},
                                                       {"AWS_SECRET_ACCESS_KEY", "env-secret"}};
const std::string k_config = "[profile dev]\naws_access_key_id = AKIA2\n"
                             "aws_secret_access_key = profile-secret\nregion = eu-west-1\n";

Result<aws::Credentials> find_credentials(FakeSources& world)
{
  return discover(default_chain(), world.sources()).map([](const Discovery& found) {
    return found.credentials;
  });
}

bool holds(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("client::from_environment")
{
  FakeSources world;
  SUBCASE("not set, or empty, is not set up")
  {
    CHECK(!from_environment(world.sources())->has_value());
    world.env = {{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}};
    CHECK(!from_environment(world.sources())->has_value());
  }
  SUBCASE("all that there is")
  {
    world.env = k_env_keys;
    world.env["AWS_SESSION_TOKEN"] = "token";
    world.env["AWS_CREDENTIAL_EXPIRATION"] = "2026-01-15T08:15:30Z";
    world.env["AWS_ACCOUNT_ID"] = "123456789012";
    const auto keys = from_environment(world.sources()).value().value();
    CHECK(keys.access_key_id == "AKIA1");
    CHECK(keys.secret_access_key == "env-secret");
    CHECK(keys.session_token == "token");
    CHECK(iso8601(keys.expiration.value()) == "2026-01-15T08:15:30Z");
    CHECK(keys.account_id == "123456789012");
    CHECK(keys.provider == "environment");
  }
  SUBCASE("the old name of the token, when the new one is not set")
  {
    world.env = k_env_keys;
    world.env["AWS_SECURITY_TOKEN"] = "old";
    CHECK(from_environment(world.sources()).value()->session_token == "old");
    world.env["AWS_SESSION_TOKEN"] = "new";
    CHECK(from_environment(world.sources()).value()->session_token == "new");
  }
  SUBCASE("half a pair is an error")
  {
    world.env = {{"AWS_ACCESS_KEY_ID", "AKIA1"}};
    const auto found = from_environment(world.sources());
    REQUIRE(!found);
    CHECK(found.error().kind == ErrorKind::credentials);
    CHECK(found.error().message == "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    world.env = {{"AWS_SECRET_ACCESS_KEY", "hunter2"}};
    CHECK(from_environment(world.sources()).error().message
          == "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not");
  }
  SUBCASE("a line end is found before AWS calls the key wrong")
  {
    world.env = k_env_keys;
    world.env["AWS_SECRET_ACCESS_KEY"] = "hunter2\n";
    const auto found = from_environment(world.sources());
    REQUIRE(!found);
    CHECK(found.error().message == "AWS_SECRET_ACCESS_KEY holds a blank or a line end");
  }
  SUBCASE("an expiration that is no time")
  {
    world.env = k_env_keys;
    world.env["AWS_CREDENTIAL_EXPIRATION"] = "soon";
    CHECK(!from_environment(world.sources()));
  }
}

TEST_CASE("client::from_imds gives the role's keys")
{
  FakeSources world;
  world.http.answers = role_answers();
  const auto keys = from_imds(world.sources()).value().value();
  CHECK(keys.access_key_id == "ASIA1");
  CHECK(keys.secret_access_key == "role-secret");
  CHECK(keys.session_token == "role-token");
  CHECK(iso8601(keys.expiration.value()) == "2026-01-15T14:00:00Z");
  CHECK(keys.provider == "imds");
  CHECK(world.http.requests[1].url
        == "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
  CHECK(world.http.requests[2].url
        == "http://169.254.169.254/latest/meta-data/iam/security-credentials/app");
}

TEST_CASE("client::from_imds: no role, no machine, turned off")
{
  FakeSources world;
  SUBCASE("no role")
  {
    world.http.answers = {FakeHttp::response(200, "t"), FakeHttp::response(404, "")};
  }
  SUBCASE("an empty list of roles")
  {
    world.http.answers = {FakeHttp::response(200, "t"), FakeHttp::response(200, "\n")};
  }
  SUBCASE("a role without keys")
  {
    world.http.answers = role_answers();
    world.http.answers[2] =
      FakeHttp::response(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"no"})");
  }
  SUBCASE("no machine of EC2") {}
  SUBCASE("turned off")
  {
    world.env["AWS_EC2_METADATA_DISABLED"] = "true";
  }
  const auto found = from_imds(world.sources());
  REQUIRE(found);
  CHECK(!found->has_value());
}

TEST_CASE("client::from_imds: what is there and broken is an error")
{
  FakeSources world;
  world.http.answers = role_answers();
  SUBCASE("no JSON")
  {
    world.http.answers[2] = FakeHttp::response(200, "{\"Code\":");
  }
  SUBCASE("no object")
  {
    world.http.answers[2] = FakeHttp::response(200, "[]");
  }
  SUBCASE("half the keys")
  {
    world.http.answers[2] = FakeHttp::response(
      200, R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"hunter2"})");
  }
  SUBCASE("keys without end")
  {
    world.http.answers[2] = FakeHttp::response(
      200, R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"hunter2","Token":"t",
           "Expiration":"never"})");
  }
  SUBCASE("a token that is no header")
  {
    world.http.answers[2] =
      FakeHttp::response(200, R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"hunter2",
           "Token":"t\r\nhost: evil","Expiration":"2026-01-15T14:00:00Z"})");
  }
  SUBCASE("a role that is no name")
  {
    world.http.answers[1] = FakeHttp::response(200, "app\x1b[2J");
  }
  SUBCASE("a failing service")
  {
    world.http.answers[1] = FakeHttp::response(500, "");
    world.http.answers[2] = FakeHttp::response(500, "");
  }
  const auto found = from_imds(world.sources());
  REQUIRE(!found);
  CHECK(found.error().kind == ErrorKind::credentials);
  CHECK(!holds(found.error().message, "hunter2"));
  CHECK(!holds(found.error().message, "\x1b"));
}

TEST_CASE("client::discover asks in order and stops at the first answer")
{
  FakeSources world;
  world.files["/home/me/.aws/config"] = k_config;
  SUBCASE("environment, before anything is read")
  {
    world.env = k_env_keys;
    world.env["AWS_PROFILE"] = "dev";
    CHECK(find_credentials(world)->provider == "environment");
    CHECK(world.read.empty());
  }
  SUBCASE("profile")
  {
    world.env["AWS_PROFILE"] = "dev";
    CHECK(find_credentials(world)->provider == "profile dev");
    CHECK(world.http.requests.empty());
  }
  SUBCASE("imds")
  {
    world.http.answers = role_answers();
    CHECK(find_credentials(world)->provider == "imds");
  }
  SUBCASE("--profile leaves the environment out")
  {
    world.env = k_env_keys;
    world.profile = "dev";
    CHECK(find_credentials(world)->provider == "profile dev");
  }
}

TEST_CASE("client::discover names whom it asked, and why they had none")
{
  FakeSources world;
  const auto found = find_credentials(world);
  REQUIRE(!found);
  CHECK(found.error().kind == ErrorKind::credentials);
  CHECK(found.error().message
        == "no AWS credentials found (asked: environment, profile, github, container, imds)");
  CHECK(holds(found.error().hint, "AWS_ACCESS_KEY_ID"));
  CHECK(holds(found.error().hint, "no instance metadata: no answer of the fake"));
}

TEST_CASE("client::discover never passes over what is set up and broken")
{
  FakeSources world;
  world.http.answers = role_answers();
  SUBCASE("half a pair in the environment")
  {
    world.env = {{"AWS_ACCESS_KEY_ID", "AKIA1"}};
  }
  SUBCASE("half a profile")
  {
    world.files["/home/me/.aws/config"] = "[default]\nsso_role_name = admin\n";
  }
  CHECK(!find_credentials(world));
  CHECK(world.http.requests.empty());
}

TEST_CASE("client::Finder asks the provider that had keys again, and no other")
{
  FakeSources world;
  world.http.answers = role_answers();
  Finder finder(default_chain(), world.sources());
  CHECK(finder.find()->provider == "imds");
  world.files["/home/me/.aws/credentials"] =
    "[default]\naws_access_key_id = A\naws_secret_access_key = s\n";
  const auto again = finder.find(); // the metadata is gone
  REQUIRE(!again);
  CHECK(again.error().message == "no AWS credentials found (asked: imds)");
  world.http.answers = role_answers();
  CHECK(finder.find()->provider == "imds");
}

TEST_CASE("client::Finder looks everywhere until it has found something")
{
  FakeSources world;
  Finder finder(default_chain(), world.sources());
  CHECK(!finder.find());
  world.files["/home/me/.aws/config"] = k_config;
  world.http.answers = role_answers();
  CHECK(finder.find()->provider == "imds");
}
