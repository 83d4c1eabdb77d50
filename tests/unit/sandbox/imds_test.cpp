#include "base/text.hpp"
#include "sandbox/imds.hpp"
#include "sandbox/world.hpp"
#include "support/fake_clock.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  test::FakeClock clock = {};
  Keyring keys = {};
  Instance instance = parent_instance("eu-west-1", clock.wall());
  std::unique_ptr<Imds> imds = std::make_unique<Imds>(metadata_of(instance), clock, keys);

  Reply send(std::string method, std::string target, HeaderList headers)
  {
    headers.emplace_back("host", "169.254.169.254");
    return imds->handle(
      {.method = std::move(method), .target = std::move(target), .headers = std::move(headers)});
  }
  Reply put(const std::string& seconds)
  {
    return send("PUT", "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", seconds}});
  }
  std::string token = put("21600").body;
  Reply get(const std::string& path)
  {
    return send("GET", path, {{"x-aws-ec2-metadata-token", token}});
  }
  std::string data(const std::string& path) { return get("/latest/meta-data/" + path).body; }
};

} // namespace

TEST_CASE("sandbox: metadata needs a token of its own machine, and one that still lives")
{
  Fixture a;
  Fixture b;
  CHECK(a.send("GET", "/latest/meta-data/", {}).status == 401);
  CHECK(a.send("GET", "/latest/meta-data/", {{"x-aws-ec2-metadata-token", b.token}}).status == 401);
  CHECK(a.get("/latest/meta-data/").status == 200);
  a.token = a.put("60").body;
  a.clock.pass(59s);
  CHECK(a.get("/latest/meta-data/mac").status == 200);
  a.clock.pass(1s);
  CHECK(a.get("/latest/meta-data/mac").status == 401);
}

TEST_CASE("sandbox: a token is given for 1 to 21600 seconds, and not through a proxy")
{
  Fixture one;
  CHECK(one.put("1").status == 200);
  for (const char* bad : {"", "0", "21601", "-1", "6h"}) {
    CAPTURE(bad);
    CHECK(one.put(bad).status == 400);
  }
  CHECK(one
          .send("PUT", "/latest/api/token",
                {{"x-aws-ec2-metadata-token-ttl-seconds", "60"}, {"x-forwarded-for", "10.0.0.1"}})
          .status
        == 403);
  CHECK(one.send("PUT", "/2021-07-15/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "60"}})
          .status
        == 403);
}

TEST_CASE("sandbox: metadata has the paths that configure itself needs")
{
  Fixture one;
  CHECK(one.data("instance-id") == std::string(k_parent_id));
  CHECK(one.data("placement/region") == "eu-west-1");
  CHECK(one.get("//latest/meta-data/placement/region").body == "eu-west-1");
  CHECK(one.data("placement/availability-zone") == "eu-west-1a");
  CHECK(one.data("local-ipv4") == std::string(k_parent_ip));
  const std::string at = "network/interfaces/macs/" + one.data("mac") + "/";
  CHECK(one.data(at + "subnet-id") == std::string(subnets().front().id));
  CHECK(one.data(at + "security-group-ids") == "sg-0123456789abcdef0\nsg-0fedcba9876543210");
  CHECK(one.data(at + "device-number") == "0");
  CHECK(one.data("network/interfaces/macs/") == one.data("mac") + "/");
  CHECK(one.data("public-keys/") == "0=sandbox-key");
  CHECK(one.get("/latest/meta-data/public-ipv4").status == 404);
  CHECK(one.get("/latest/meta-data/tags/instance").status == 404);
  CHECK(one.get("/latest/user-data").status == 404);
  CHECK(one.get("/2021-03-23/meta-data/placement/region").body == "eu-west-1");
  CHECK(one.get("/2021-03-23/dynamic/instance-identity").body == "document");
  CHECK(one.get("/2007-01-01/meta-data/placement/region").status == 404);
  CHECK(one.get("/latest/meta-data/nothing").body.starts_with("<?xml"));
  const auto names = split(one.data(""), '\n');
  CHECK(std::ranges::find(names, "placement/") != names.end());
  CHECK(std::ranges::find(names, "iam/") != names.end());
  CHECK(one.data("placement") == one.data("placement/"));
  CHECK(
    one.get("/latest/dynamic/instance-identity/document").body.find("\"region\" : \"eu-west-1\"")
    != std::string::npos);
}

TEST_CASE("sandbox: a machine reads its own user data and tags")
{
  Fixture one;
  one.instance.launch.user_data = std::string("#!/bin/sh\n\0\xFF", 12);
  one.instance.launch.metadata_tags = true;
  one.instance.launch.tags = {{"a key", "value"}};
  one.imds = std::make_unique<Imds>(metadata_of(one.instance), one.clock, one.keys);
  one.token = one.put("60").body;
  CHECK(one.get("/latest/user-data").body == one.instance.launch.user_data);
  CHECK(one.data("tags/instance/") == "a key");
  CHECK(one.data("tags/instance/a%20key") == "value");
}

TEST_CASE("sandbox: what metadata says of an interruption comes when there is one")
{
  Fixture one;
  Params news;
  one.imds =
    std::make_unique<Imds>(metadata_of(one.instance), one.clock, one.keys, [&] { return news; });
  one.token = one.put("60").body;
  CHECK(one.get("/latest/meta-data/spot/instance-action").status == 404);
  CHECK(one.data("").find("spot/") == std::string::npos);
  news["spot/instance-action"] = "{}";
  CHECK(one.data("spot/instance-action") == "{}");
  CHECK(one.data("").find("spot/") != std::string::npos);
  CHECK(one.data("instance-life-cycle") == "on-demand");
}

TEST_CASE("sandbox: the role's credentials are ones that the sandbox believes")
{
  Fixture one;
  CHECK(one.data("iam/security-credentials/") == std::string(k_parent_role));
  const std::string json = one.data("iam/security-credentials/" + std::string(k_parent_role));
  const Key key =
    one.keys.role(std::string(k_parent_role), std::string(k_parent_id), one.clock.wall());
  CHECK(json.find("\"AccessKeyId\" : \"" + key.id + "\"") != std::string::npos);
  CHECK(json.find("\"SecretAccessKey\" : \"" + key.secret + "\"") != std::string::npos);
  CHECK(json.find("\"Token\" : \"" + key.token + "\"") != std::string::npos);
  CHECK(json.find("\"Expiration\" : \"2026-01-15T14:15:30Z\"") != std::string::npos);
  CHECK(one.keys.find(key.id)->secret == key.secret);
  CHECK(one.data("iam/info").find("instance-profile/sandbox-parent") != std::string::npos);
  CHECK(one.get("/latest/meta-data/iam/security-credentials/other").status == 404);
}

TEST_CASE("sandbox: a machine without a profile has no credentials")
{
  Fixture one;
  one.instance.launch.profile_arn.clear();
  one.imds = std::make_unique<Imds>(metadata_of(one.instance), one.clock, one.keys);
  one.token = one.put("60").body;
  CHECK(one.get("/latest/meta-data/iam/security-credentials/").status == 404);
  CHECK(one.get("/latest/meta-data/iam/info").status == 404);
}

TEST_CASE("sandbox: metadata is not for web pages")
{
  Fixture one;
  CHECK(one
          .send("GET", "/latest/meta-data/",
                {{"x-aws-ec2-metadata-token", one.token}, {"origin", "http://evil.example"}})
          .status
        == 403);
  CHECK(one.imds
          ->handle({.target = "/latest/meta-data/",
                    .headers = {{"host", "evil.example"}, {"x-aws-ec2-metadata-token", one.token}}})
          .status
        == 403);
}
