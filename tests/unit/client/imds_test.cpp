#include "client/imds.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using client::Imds;
using client::ImdsFailure;
using HttpReason = io::HttpFailure::Reason;

namespace {

struct Metadata {
  client::ImdsOptions options = {};
  FakeHttp http = {};
  FakeClock clock = {};
  FakeCancel cancel = {};
  Imds imds{options, http, clock, &cancel};

  ImdsFailure failure(std::string_view path = "meta-data/instance-id")
  {
    auto text = imds.get(path);
    REQUIRE(!text);
    return std::move(text.error());
  }
};

} // namespace

TEST_CASE("client::Imds fetches a token first, and keeps it")
{
  Metadata world;
  world.http.answers = {FakeHttp::response(200, "a-token"), FakeHttp::response(200, "i-1"),
                        FakeHttp::response(200, "ami-1")};
  CHECK(world.imds.get("meta-data/instance-id").value() == "i-1");
  CHECK(world.imds.get("meta-data/ami-id").value() == "ami-1");
  REQUIRE(world.http.requests.size() == 3);
  const auto& put = world.http.requests[0];
  CHECK(put.method == "PUT");
  CHECK(put.url == "http://169.254.169.254/latest/api/token");
  CHECK(header(put, "x-aws-ec2-metadata-token-ttl-seconds") == "21600");
  const auto& get = world.http.requests[1];
  CHECK(get.method == "GET");
  CHECK(get.url == "http://169.254.169.254/latest/meta-data/instance-id");
  CHECK(header(get, "x-aws-ec2-metadata-token") == "a-token");
  for (const auto& request : world.http.requests) {
    CHECK(request.direct);
    CHECK(request.connect_timeout == 1s);
    CHECK(request.deadline == world.clock.now() + 1s);
    CHECK(request.cancel == &world.cancel);
  }
}

TEST_CASE("client::Imds renews its token when it ends, or is refused, once")
{
  Metadata world;
  world.http.answers = {FakeHttp::response(200, "one"), FakeHttp::response(200, "i-1")};
  REQUIRE(world.imds.get("meta-data/instance-id"));
  SUBCASE("ends")
  {
    world.clock.pass(21596s);
    world.http.answers = {FakeHttp::response(200, "two"), FakeHttp::response(200, "i-1")};
    REQUIRE(world.imds.get("meta-data/instance-id"));
    CHECK(header(world.http.requests.back(), "x-aws-ec2-metadata-token") == "two");
  }
  SUBCASE("refused")
  {
    world.http.answers = {FakeHttp::response(401, ""), FakeHttp::response(200, "two"),
                          FakeHttp::response(200, "i-1")};
    REQUIRE(world.imds.get("meta-data/instance-id"));
    CHECK(header(world.http.requests.back(), "x-aws-ec2-metadata-token") == "two");
  }
  SUBCASE("refused again")
  {
    world.http.answers = {FakeHttp::response(401, ""), FakeHttp::response(200, "two"),
                          FakeHttp::response(401, "")};
    CHECK(world.failure().reason == ImdsFailure::Reason::failed);
  }
}

TEST_CASE("client::Imds tells what is not there from what fails")
{
  Metadata world;
  world.http.answers = {FakeHttp::response(200, "a-token")};
  SUBCASE("no such item")
  {
    world.http.answers.push_back(FakeHttp::response(404, "<?xml version=\"1.0\"?>404"));
    const auto text = world.imds.get("meta-data/public-ipv4");
    REQUIRE(text);
    CHECK(!*text);
  }
  SUBCASE("a busy service, which is left more time at each try")
  {
    for (const int status : {503, 500, 429, 503}) {
      world.http.answers.push_back(FakeHttp::response(status, ""));
    }
    const ImdsFailure failure = world.failure();
    CHECK(failure.reason == ImdsFailure::Reason::failed);
    CHECK(failure.error.message == "instance metadata answers HTTP 503 for meta-data/instance-id");
    CHECK(world.http.requests.size() == 5);
    CHECK(world.clock.slept == std::vector<Millis>{100ms, 200ms, 400ms});
  }
  SUBCASE("a failure that passes")
  {
    world.http.answers.push_back(FakeHttp::failure(HttpReason::timed_out, true));
    world.http.answers.push_back(FakeHttp::response(200, "i-1"));
    CHECK(world.imds.get("meta-data/instance-id").value() == "i-1");
  }
  SUBCASE("a page")
  {
    world.http.answers.push_back(FakeHttp::response(200, "<html>"));
    CHECK(world.failure().reason == ImdsFailure::Reason::failed);
  }
  SUBCASE("a redirect")
  {
    world.http.answers.push_back(FakeHttp::response(302, "", {{"location", "http://x/"}}));
    CHECK(world.failure().reason == ImdsFailure::Reason::failed);
  }
}

TEST_CASE("client::Imds off EC2")
{
  Metadata world;
  SUBCASE("nobody answers: two tries of a second")
  {
    world.http.on_send = [&](const io::HttpRequest&) { world.clock.pass(1s); };
    for (int i = 0; i < 4; ++i) {
      world.http.answers.push_back(FakeHttp::failure(HttpReason::timed_out, false));
    }
    const TimePoint start = world.clock.now();
    const ImdsFailure failure = world.failure();
    CHECK(failure.reason == ImdsFailure::Reason::absent);
    CHECK(failure.error.hint.empty());
    CHECK(world.clock.now() - start == 2s);
  }
  SUBCASE("unreachable: no waiting")
  {
    CHECK(world.failure().reason == ImdsFailure::Reason::absent);
    CHECK(world.http.requests.size() == 1);
  }
  SUBCASE("turned off on the machine")
  {
    world.http.answers = {FakeHttp::response(403, "")};
    CHECK(world.failure().reason == ImdsFailure::Reason::absent);
  }
}

TEST_CASE("client::Imds: a token that never arrives hints at the hop limit")
{
  Metadata world;
  world.http.answers = {FakeHttp::failure(HttpReason::timed_out, true),
                        FakeHttp::failure(HttpReason::timed_out, true)};
  const ImdsFailure failure = world.failure();
  CHECK(failure.reason == ImdsFailure::Reason::absent);
  CHECK(failure.error.hint.find("--http-put-response-hop-limit 2") != std::string::npos);
}

TEST_CASE("client::Imds: somebody who answers nonsense is there")
{
  FakeHttp::Answer dribble = FakeHttp::failure(HttpReason::timed_out, true);
  dribble.error().answer_begun = true;
  for (const auto& answer : {FakeHttp::failure(HttpReason::too_large, true),
                             FakeHttp::failure(HttpReason::not_http, true), dribble}) {
    Metadata world;
    world.http.answers = {answer, answer};
    const ImdsFailure failure = world.failure();
    CHECK(failure.reason == ImdsFailure::Reason::failed);
    CHECK(failure.error.hint.empty());
  }
}

TEST_CASE("client::Imds never asks without a token")
{
  for (const auto& answer :
       {FakeHttp::response(400, ""), FakeHttp::response(404, ""), FakeHttp::response(405, ""),
        FakeHttp::response(200, ""), FakeHttp::response(200, "<html>page</html>"),
        FakeHttp::response(200, "a\nb")}) {
    Metadata world;
    world.http.answers = {answer, FakeHttp::response(200, "i-1")};
    const bool unknown = answer->status == 404 || answer->status == 405;
    CHECK(world.failure().reason
          == (unknown ? ImdsFailure::Reason::no_token : ImdsFailure::Reason::failed));
    CHECK(world.http.requests.size() == 1);
  }
}

TEST_CASE("client::Imds of version 1, when that is allowed")
{
  Metadata world{.options = {.v1 = true}};
  SUBCASE("a token is used where there is one")
  {
    world.http.answers = {FakeHttp::response(200, "a-token"), FakeHttp::response(200, "i-1")};
    REQUIRE(world.imds.get("meta-data/instance-id"));
    CHECK(header(world.http.requests.back(), "x-aws-ec2-metadata-token") == "a-token");
  }
  SUBCASE("and is asked for once where there is none")
  {
    world.http.answers = {FakeHttp::response(405, ""), FakeHttp::response(200, "i-1"),
                          FakeHttp::response(200, "ami-1")};
    CHECK(world.imds.get("meta-data/instance-id").value() == "i-1");
    CHECK(world.imds.get("meta-data/ami-id").value() == "ami-1");
    REQUIRE(world.http.requests.size() == 3);
    CHECK(world.http.requests.back().headers.empty());
  }
  SUBCASE("within the hop limit of tokens")
  {
    world.http.on_send = [&](const io::HttpRequest& request) {
      world.clock.pass(request.method == "PUT" ? 1s : 0s);
    };
    world.http.answers = {FakeHttp::failure(HttpReason::timed_out, true),
                          FakeHttp::response(200, "i-1")};
    CHECK(world.imds.get("meta-data/instance-id").value() == "i-1");
  }
  SUBCASE("nobody is asked twice off EC2")
  {
    world.http.on_send = [&](const io::HttpRequest&) { world.clock.pass(1s); };
    world.http.answers = {FakeHttp::failure(HttpReason::timed_out, false)};
    CHECK(world.failure().reason == ImdsFailure::Reason::absent);
    CHECK(world.http.requests.size() == 1);
  }
  SUBCASE("a machine that wants tokens is not talked out of it")
  {
    world.http.answers = {FakeHttp::response(404, ""), FakeHttp::response(401, "")};
    CHECK(world.failure().reason == ImdsFailure::Reason::failed);
    CHECK(world.http.requests.size() == 2);
  }
}

TEST_CASE("client::Imds is left when the user asks to stop")
{
  Metadata world;
  world.cancel.now = {.signal = 2};
  world.http.answers = {FakeHttp::failure(HttpReason::cancelled, false)};
  const ImdsFailure failure = world.failure();
  CHECK(failure.reason == ImdsFailure::Reason::cancelled);
  CHECK(failure.error.kind == ErrorKind::interrupted);
  CHECK(failure.error.signal == 2);
}

TEST_CASE("client::imds_options reads AWS's variables")
{
  CHECK(client::imds_options({})->token_url == "http://169.254.169.254/latest/api/token");
  CHECK(client::imds_options({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}})->latest_url
        == "http://[fd00:ec2::254]/latest/");
  const auto custom =
    client::imds_options({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"},
                          {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}});
  CHECK(custom->latest_url == "http://127.0.0.1:1338/latest/");
  CHECK(client::imds_options({{"AWS_EC2_METADATA_DISABLED", "TRUE"}})->disabled);
  CHECK(!client::imds_options({{"AWS_EC2_METADATA_DISABLED", "1"}})->disabled);

  CHECK(client::imds_options({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "v6"}}).error().kind
        == ErrorKind::config);
  CHECK(client::imds_options({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "1.2.3.4"}}).error().message
        == "AWS_EC2_METADATA_SERVICE_ENDPOINT is \"1.2.3.4\"");
}

TEST_CASE("client::imds_options: our own settings win, in each form that people write")
{
  const std::map<std::string, std::string> env = {
    {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338"}};
  const auto latest = [&](const std::string& url) {
    return client::imds_options(env, {.url = url}).value().latest_url;
  };
  CHECK(latest("") == "http://127.0.0.1:1338/latest/");
  CHECK(latest("http://localhost:8111") == "http://localhost:8111/latest/");
  CHECK(latest("http://localhost:8111/") == "http://localhost:8111/latest/");
  CHECK(latest("http://localhost:8111/latest") == "http://localhost:8111/latest/");
  CHECK(latest("http://localhost:8111/latest/meta-data/") == "http://localhost:8111/latest/");
  CHECK(latest("http://localhost:8111/meta-data") == "http://localhost:8111/");
  CHECK(latest("http://[fd00:ec2::254]/latest/meta-data") == "http://[fd00:ec2::254]/latest/");

  const auto both = client::imds_options(
    env, {.url = "http://localhost:1/latest/", .token_url = "http://localhost:2/t", .v1 = true});
  CHECK(both->token_url == "http://localhost:2/t");
  CHECK(both->v1);
  CHECK(client::imds_options(env, {.url = "http://localhost:1"})->token_url
        == "http://localhost:1/latest/api/token");
  CHECK(client::imds_options(env, {.token_url = "http://localhost:2/t"})->latest_url
        == "http://127.0.0.1:1338/latest/");
}

TEST_CASE("client::imds_options: URLs that cannot be, all at once")
{
  const auto bad = client::imds_options(
    {}, {.url = "http://localhost/elsewhere", .token_url = "http://metadata.example/token"});
  REQUIRE(!bad);
  CHECK(bad.error().kind == ErrorKind::config);
  CHECK(bad.error().message
        == "instance_metadata_url \"http://localhost/elsewhere\" is not where metadata is");
  REQUIRE(bad.error().also.size() == 1);
  CHECK(bad.error().also[0].message.starts_with("instance_metadata_token_url: the endpoint URL"));
  CHECK(client::imds_options({}, {.url = "http://metadata.example", .allow_http = true}));
  CHECK(!client::imds_options({}, {.url = "ftp://localhost"}));
}

TEST_CASE("client::Imds asks nobody when it is turned off")
{
  FakeHttp http;
  FakeClock clock;
  Imds imds({.disabled = true}, http, clock, nullptr);
  const auto text = imds.get("meta-data/instance-id");
  REQUIRE(!text);
  CHECK(text.error().reason == ImdsFailure::Reason::absent);
  CHECK(http.requests.empty());
}
