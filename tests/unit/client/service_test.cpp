#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "client/credentials/web.hpp"
#include "client/json_fields.hpp"
#include "support/fake_sources.hpp"
#include "support/socket_server.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace flame::client;
using namespace std::chrono_literals;

namespace {

const std::string k_keys = R"({"AccessKeyId":"POD","SecretAccessKey":"hunter2","Token":"t",
                               "Expiration":"2026-01-15T14:00:00Z","AccountId":"123456789012"})";
const std::string k_sso = "[profile p]\nsso_session = corp\nsso_account_id = 123456789012\n"
                          "sso_role_name = a role\n[sso-session corp]\nsso_region = eu-central-1\n"
                          "sso_start_url = https://corp.awsapps.com/start\n";

std::string sso_file()
{
  return "/home/me/.aws/sso/cache/" + to_hex(sha1("corp")) + ".json";
}

JsonFields sso_fields(const std::string& until)
{
  return {{"accessToken", "old-token"},
          {"expiresAt", until},
          {"clientId", "id"},
          {"clientSecret", "hunter2"},
          {"refreshToken", "refresh-1"},
          {"registrationExpiresAt", "2026-03-01T00:00:00Z"}};
}

FakeHttp::Answer sso_role()
{
  return FakeHttp::response(200, R"({"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s",
                                     "sessionToken":"t","expiration":1768468530000}})");
}

FakeHttp::Answer new_token()
{
  return FakeHttp::response(
    200, R"({"accessToken":"new-token","expiresIn":28800,"refreshToken":"refresh-2"})");
}

struct SsoWorld : FakeSources {
  SsoWorld()
  {
    profile = "p";
    files["/home/me/.aws/config"] = k_sso;
  }
  void logged_in_until(const std::string& until)
  {
    files[sso_file()] = json_object(sso_fields(until));
  }
};

} // namespace

TEST_CASE("client::from_container asks ECS by its address, with no proxy, for two seconds")
{
  FakeSources world;
  world.env = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x"},
               {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/"},
               {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer x"}};
  world.http.answers = {FakeHttp::response(200, k_keys)};
  const auto keys = from_container(world.sources()).value().value();
  CHECK(keys.access_key_id == "POD");
  CHECK(keys.account_id == "123456789012");
  CHECK(keys.provider == "container");
  const auto& request = world.http.requests.at(0);
  CHECK(request.url == "http://169.254.170.2/v2/credentials/x");
  CHECK(request.direct);
  CHECK(request.deadline == world.clock.now() + 2s);
  CHECK(header(request, "authorization") == "Bearer x");
}

TEST_CASE("client::from_container asks whom AWS allows, and nobody else")
{
  const std::pair<const char*, bool> rows[] = {
    {"https://example.com/x", true},
    {"http://localhost:1/x", true},
    {"http://127.0.0.1/x", true},
    {"http://127.9.9.9:8080/x", true},
    {"http://[::1]/x", true},
    {"http://169.254.170.2/x", true},
    {"http://169.254.170.23/v1", true},
    {"http://[fd00:ec2::23]/v1", true},
    {"http://example.com/x", false},
    {"http://169.254.169.254/x", false},
    {"http://127.evil.example/", false},
    {"http://localhost.example/", false},
    {"http://user@localhost/x", false},
    {"ftp://localhost/x", false},
    {"http://[fd00:ec2::24]/v1", false},
    {"http://0x7f000001/", false},
    {"//localhost/x", false},
    {"localhost", false},
    {"http://10.0.0.1/x", false},
  };
  for (const auto& [url, allowed] : rows) {
    CAPTURE(url);
    FakeSources world;
    world.env = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}};
    world.http.answers = {FakeHttp::response(200, k_keys)};
    CHECK(from_container(world.sources()).has_value() == allowed);
    CHECK(world.http.requests.size() == (allowed ? 1 : 0));
  }
  FakeSources world;
  world.env = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/"}};
  CHECK(!from_container(world.sources()));
  CHECK(world.http.requests.empty());
}

TEST_CASE("client::from_container tries three times, and says no secret")
{
  FakeSources world;
  world.env = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/x?hunter2"},
               {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter2"}};
  SUBCASE("busy, then well")
  {
    world.http.answers = {FakeHttp::response(503, ""), FakeHttp::response(429, ""),
                          FakeHttp::response(200, k_keys)};
    CHECK(from_container(world.sources()).value()->access_key_id == "POD");
    CHECK(world.clock.slept == std::vector<Millis>{1s, 1s});
  }
  SUBCASE("out of order")
  {
    world.http.answers = {FakeHttp::response(500, ""), FakeHttp::response(500, ""),
                          FakeHttp::response(500, "hunter2")};
    const auto found = from_container(world.sources());
    CHECK(found.error().message == "the container's credential service answers HTTP 500");
  }
  SUBCASE("nobody there is broken too: it was set up")
  {
    const auto found = from_container(world.sources());
    CHECK(found.error().kind == ErrorKind::credentials);
    CHECK(world.http.requests.size() == 3);
  }
  SUBCASE("no part of keys is shown")
  {
    world.http.answers = {
      FakeHttp::response(200, R"({"AccessKeyId":"A","SecretAccessKey":"hunter2"})")};
    const auto found = from_container(world.sources());
    CHECK(found.error().message == "the container's credential service gives no Token");
  }
}

TEST_CASE("client::from_github asks for a token each time and takes it to STS")
{
  FakeSources world;
  world.env = {{"ACTIONS_ID_TOKEN_REQUEST_URL", "https://pipelines.example/token?api-version=2.0"},
               {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "bearer-1"},
               {"AWS_ROLE_ARN", "arn:aws:iam::1:role/ci"}};
  world.http.answers = {FakeHttp::response(200, R"({"count":1,"value":"jwt"})")};
  static_cast<void>(from_github(world.sources()));
  REQUIRE(world.http.requests.size() == 4); // STS is not there, three times
  CHECK(world.http.requests[0].url
        == "https://pipelines.example/token?api-version=2.0&audience=sts.amazonaws.com");
  CHECK(header(world.http.requests[0], "authorization") == "bearer bearer-1");
  CHECK(!world.http.requests[0].direct); // GitHub may be behind a proxy
  CHECK(world.http.requests[1].body.find("WebIdentityToken=jwt") != std::string::npos);
}

TEST_CASE("client::from_sso asks the portal with the token of the session")
{
  SsoWorld world;
  world.logged_in_until("2026-01-15T12:00:00Z");
  world.http.answers = {sso_role()};
  const auto keys = from_profile(world.sources()).value().value();
  CHECK(keys.access_key_id == "SSO");
  CHECK(iso8601(keys.expiration.value()) == "2026-01-15T09:15:30Z");
  CHECK(keys.account_id == "123456789012");
  CHECK(keys.provider == "profile p (SSO)");
  CHECK(world.http.requests.at(0).url
        == "https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?role_name=a%20role"
           "&account_id=123456789012");
  CHECK(header(world.http.requests[0], "x-amz-sso_bearer_token") == "old-token");
}

TEST_CASE("client::from_sso renews a token that is about to end, and keeps it")
{
  SsoWorld world;
  world.logged_in_until("2026-01-15T08:20:00Z");
  world.http.answers = {new_token(), sso_role()};
  CHECK(from_profile(world.sources()).value());
  const auto& request = world.http.requests.at(0);
  CHECK(request.url == "https://oidc.eu-central-1.amazonaws.com/token");
  CHECK(json_fields(request.body)
        == JsonFields{{"clientId", "id"},
                      {"clientSecret", "hunter2"},
                      {"grantType", "refresh_token"},
                      {"refreshToken", "refresh-1"}});
  CHECK(header(world.http.requests[1], "x-amz-sso_bearer_token") == "new-token");
  auto kept = sso_fields("2026-01-15T16:15:30Z");
  kept["accessToken"] = "new-token";
  kept["refreshToken"] = "refresh-2";
  kept["region"] = "eu-central-1";
  kept["startUrl"] = "https://corp.awsapps.com/start";
  CHECK(json_fields(world.files[sso_file()]) == kept);
}

TEST_CASE("client::from_sso: a renewal that fails is passed over while the old token lives")
{
  SsoWorld world;
  SUBCASE("it lives")
  {
    world.logged_in_until("2026-01-15T08:20:00Z");
    world.http.answers = {FakeHttp::response(400, R"({"error":"invalid_grant"})"), sso_role()};
    CHECK(from_profile(world.sources()).value()->access_key_id == "SSO");
    CHECK(header(world.http.requests[1], "x-amz-sso_bearer_token") == "old-token");
  }
  SUBCASE("it does not")
  {
    world.logged_in_until("2026-01-15T08:15:30Z");
    world.http.answers = {FakeHttp::response(400, R"({"error":"hunter2"})")};
    const auto found = from_profile(world.sources());
    CHECK(found.error().message == "the SSO session of corp has expired");
    CHECK(found.error().hint == "run: aws sso login --profile p");
  }
  SUBCASE("the new one cannot be kept")
  {
    world.logged_in_until("2026-01-15T08:20:00Z");
    world.http.answers = {new_token(), sso_role()};
    auto sources = world.sources();
    sources.write_file = [](const std::string&, std::string_view) -> Result<void> {
      return fail(ErrorKind::output, "no space left");
    };
    CHECK(from_profile(sources).value()->access_key_id == "SSO");
    REQUIRE(world.warnings.size() == 1);
    CHECK(world.warnings[0] == "the renewed SSO token cannot be kept: no space left");
  }
}

TEST_CASE("client: keys in a file that others can read are warned about, and used")
{
  FakeSources world;
  world.files["/home/me/.aws/credentials"] =
    "[default]\naws_access_key_id = A\naws_secret_access_key = s\n";
  world.open_files = {"/home/me/.aws/credentials"};
  CHECK(from_profile(world.sources()).value()->access_key_id == "A");
  CHECK(
    world.warnings
    == std::vector<std::string>{"~/.aws/credentials holds keys, and other users can read it; to "
                                "change that: chmod 600 ~/.aws/credentials"});
}

TEST_CASE("client::ask is bounded in time and size, and stops when the user does")
{
  FakeSources world;
  const auto http = io::make_http({});
  auto sources = world.sources();
  sources.http = http.get();
  SUBCASE("never ends")
  {
    SocketServer server([](Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
      peer.wait_for_end();
    });
    world.clock.monotonic = std::chrono::steady_clock::now();
    const auto answer = ask(sources, {.whom = "it", .http = {.url = server.url()}, .limit = 200ms});
    REQUIRE(!answer);
    CHECK(answer.error().kind == ErrorKind::network);
    CHECK(server.connections() == 3);
  }
  SUBCASE("floods")
  {
    SocketServer server([](Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 200 OK\r\n\r\n");
      while (peer.write(std::string(65536, 'x'))) {
      }
    });
    world.clock.monotonic = std::chrono::steady_clock::now();
    const auto answer = ask(sources, {.whom = "it", .http = {.url = server.url()}});
    REQUIRE(!answer);
    CHECK(server.connections() == 1); // not again: it would be as large
  }
  SUBCASE("interrupted")
  {
    SocketServer server([](Peer& peer) { peer.wait_for_end(); });
    world.cancel.now.signal = 15;
    const auto answer = ask(sources, {.whom = "it", .http = {.url = server.url()}});
    REQUIRE(!answer);
    CHECK(answer.error().kind == ErrorKind::interrupted);
    CHECK(answer.error().signal == 15);
  }
}
