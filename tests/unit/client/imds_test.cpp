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
  FakeHttp http = {};
  FakeClock clock = {};
  FakeCancel cancel = {};
  Imds imds{{}, http, clock, &cancel};

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
  SUBCASE("a failing service, tried twice")
  {
    world.http.answers.push_back(FakeHttp::response(503, ""));
    world.http.answers.push_back(FakeHttp::response(500, ""));
    const ImdsFailure failure = world.failure();
    CHECK(failure.reason == ImdsFailure::Reason::failed);
    CHECK(failure.error.message == "instance metadata answers HTTP 500 for meta-data/instance-id");
    CHECK(world.http.requests.size() == 3);
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

TEST_CASE("client::Imds never asks without a token")
{
  for (const auto& answer :
       {FakeHttp::response(400, ""), FakeHttp::response(404, ""), FakeHttp::response(200, ""),
        FakeHttp::response(200, "<html>page</html>"), FakeHttp::response(200, "a\nb")}) {
    Metadata world;
    world.http.answers = {answer, FakeHttp::response(200, "i-1")};
    CHECK(world.failure().reason == ImdsFailure::Reason::failed);
    CHECK(world.http.requests.size() == 1);
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

TEST_CASE("client::Imds asks nobody when it is turned off")
{
  FakeHttp http;
  const FakeClock clock;
  Imds imds({.disabled = true}, http, clock, nullptr);
  const auto text = imds.get("meta-data/instance-id");
  REQUIRE(!text);
  CHECK(text.error().reason == ImdsFailure::Reason::absent);
  CHECK(http.requests.empty());
}
