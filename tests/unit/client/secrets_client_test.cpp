#include "client/secrets_client.hpp"
#include "client/ssm_client.hpp"
#include "support/client_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

namespace {

struct SecretsWorld : ClientWorld {
  client::ClientParts parts()
  {
    return {
      .http = http, .clock = clock, .cancel = cancel, .random = random, .find_credentials = [this] {
        return keys.front();
      }};
  }
  std::unique_ptr<aws::SecretsApi> secrets = client::make_secrets_client(
    {.endpoint = {.host = "secretsmanager.eu-west-1.amazonaws.com"}, .region = "eu-west-1"},
    parts());
  aws::Outcome<std::string> ask(std::string answer, int status = 200)
  {
    http.answers = {FakeHttp::response(status, std::move(answer))};
    return secrets->secret("app/\"key\"", {.deadline = clock.now() + 30s});
  }
};

} // namespace

TEST_CASE("client::make_secrets_client reads texts and bytes")
{
  SecretsWorld world;
  CHECK(*world.ask(R"({"Name":"x","SecretString":"a\nb"})") == "a\nb");
  CHECK(*world.ask(R"({"Name":"x","SecretBinary":"AAEC"})") == std::string("\x00\x01\x02", 3));
  const io::HttpRequest& request = world.http.requests.at(0);
  CHECK(request.body == R"({"SecretId":"app/\"key\""})");
  CHECK(header(request, "x-amz-target") == "secretsmanager.GetSecretValue");
  CHECK(header(request, "authorization").find("/eu-west-1/secretsmanager/aws4_request")
        != std::string::npos);
}

TEST_CASE("client::make_secrets_client takes nothing else for a secret")
{
  SecretsWorld world;
  for (const char* bad :
       {"", "[]", "{}", R"({"SecretString":1})", R"({"SecretBinary":"*"})", "<html>"}) {
    CAPTURE(bad);
    const auto value = world.ask(bad);
    REQUIRE(!value);
    CHECK(value.error().error_class == aws::ErrorClass::answer);
  }
  const auto missing = world.ask(R"({"__type":"ResourceNotFoundException","message":"no"})", 400);
  REQUIRE(!missing);
  CHECK(missing.error().error_class == aws::ErrorClass::parameter);
}

TEST_CASE("client::make_ssm_client asks for what is secret in the clear")
{
  SecretsWorld world;
  const auto ssm = client::make_ssm_client(
    {.endpoint = {.host = "ssm.eu-west-1.amazonaws.com"}, .region = "eu-west-1"}, world.parts());
  world.http.answers = {
    FakeHttp::response(200, R"({"Parameter":{"Name":"/a","Type":"SecureString","Value":"v"}})")};
  CHECK(*ssm->decrypted("/a", {.deadline = world.clock.now() + 30s}) == "v");
  CHECK(world.http.requests.at(0).body == R"({"Name":"/a","WithDecryption":true})");
}
