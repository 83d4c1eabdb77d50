#include "boot/run.hpp"
#include "client/credentials/chain.hpp"
#include "client/ec2_client.hpp"
#include "fleet/ending.hpp"
#include "support/boot_world.hpp"
#include "support/ec2_answers.hpp"
#include "support/fake_sources.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

// A clock that runs through hours in no time, and an AWS whose keys live for one. Every request to
// EC2 has to be signed with keys that live at that instant.
namespace {

using Request = io::HttpRequest;

bool has(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

class HourlyAws : public io::Http {
public:
  HourlyAws(FakeClock& clock, const FakeCancel& cancel) : clock_(clock), cancel_(cancel) {}

  std::map<std::string, Seconds> keys = {}; // that were handed out, with their ends
  std::set<std::string> used = {};          // by EC2's requests
  std::string state = "pending";
  Seconds runs_at = Seconds::max();
  int refused = 0;           // requests with keys that had ended
  bool out_of_order = false; // all but EC2

  FakeHttp::Answer send(const Request& request) override
  {
    clock_.pass(50ms);
    if (cancel_.now.signal != 0 && request.cancel != nullptr && request.cancel_grace == 0ms) {
      return FakeHttp::failure(io::HttpFailure::Reason::cancelled, false);
    }
    if (has(request.url, "//ec2.")) {
      return ec2(request);
    }
    if (out_of_order) {
      return FakeHttp::failure(io::HttpFailure::Reason::timed_out, true);
    }
    if (has(request.url, "/latest/api/token")) {
      return FakeHttp::response(200, "metadata-token");
    }
    if (request.url.ends_with("security-credentials/")) {
      return FakeHttp::response(200, "app");
    }
    if (has(request.url, "/federation/credentials")) {
      return sso_keys();
    }
    if (has(request.url, "//oidc.")) {
      return FakeHttp::response(
        200, R"({"accessToken":"next","expiresIn":3600,"refreshToken":"next-refresh"})");
    }
    if (has(request.url, "github.example")) {
      return FakeHttp::response(200, R"({"value":"jwt"})");
    }
    return has(request.url, "//sts.") ? sts(request.body) : json_keys();
  }

private:
  std::string hand_out()
  {
    const std::string id = "SET" + std::to_string(keys.size() + 1);
    keys[id] = clock_.wall() + 1h;
    return id;
  }

  FakeHttp::Answer json_keys()
  {
    const std::string id = hand_out();
    return FakeHttp::response(
      200, fmt::format(R"({{"Code":"Success","AccessKeyId":"{}","SecretAccessKey":"s","Token":"t",
                           "Expiration":"{}"}})",
                       id, iso8601(keys[id])));
  }

  FakeHttp::Answer sso_keys()
  {
    const std::string id = hand_out();
    return FakeHttp::response(
      200, fmt::format(R"({{"roleCredentials":{{"accessKeyId":"{}","secretAccessKey":"s",
                           "sessionToken":"t","expiration":{}000}}}})",
                       id, keys[id].time_since_epoch().count()));
  }

  FakeHttp::Answer sts(const std::string& body)
  {
    const std::string action =
      has(body, "WithWebIdentity") ? "AssumeRoleWithWebIdentity" : "AssumeRole";
    const std::string id = hand_out();
    return FakeHttp::response(
      200, fmt::format("<{0}Response><{0}Result><Credentials><AccessKeyId>{1}</AccessKeyId>"
                       "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                       "<Expiration>{2}</Expiration></Credentials></{0}Result></{0}Response>",
                       action, id, iso8601(keys[id])));
  }

  FakeHttp::Answer ec2(const Request& request)
  {
    const std::string text = header(request, "authorization");
    const std::size_t start = text.find("Credential=") + 11;
    const std::string id = text.substr(start, text.find('/', start) - start);
    used.insert(id);
    if (!keys.contains(id) || keys[id] <= clock_.wall()) {
      ++refused;
      return ec2_error(400, "ExpiredToken");
    }
    if (has(request.body, "Action=RunInstances")) {
      return FakeHttp::response(200, run_instances_xml("i-1"));
    }
    if (has(request.body, "Action=TerminateInstances")) {
      state = "terminated";
      return FakeHttp::response(
        200, "<TerminateInstancesResponse><instancesSet><item><instanceId>i-1</instanceId>"
             "<currentState><code>32</code><name>shutting-down</name></currentState>"
             "<previousState><code>16</code><name>running</name></previousState></item>"
             "</instancesSet></TerminateInstancesResponse>");
    }
    if (state == "pending" && clock_.wall() >= runs_at) {
      state = "running";
    }
    return FakeHttp::response(
      200, "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1"
           "</instanceId><instanceState><name>"
             + state
             + "</name></instanceState></item></instancesSet></item></reservationSet>"
               "</DescribeInstancesResponse>");
  }

  FakeClock& clock_;
  const FakeCancel& cancel_;
};

// A boot and what comes after it, with keys of one provider.
struct Day : FakeSources {
  HourlyAws aws{clock, cancel};
  FakeRandom random{1};
  NotedProgress progress = {};
  std::unique_ptr<client::Finder> finder = {};
  std::unique_ptr<client::Ec2Client> ec2 = {};

  void begin()
  {
    client::Sources all = sources();
    all.http = &aws;
    finder = std::make_unique<client::Finder>(client::default_chain(), std::move(all));
    ec2 = client::make_ec2_client(
      {.endpoint = {.host = "ec2.eu-west-1.amazonaws.com"},
       .region = "eu-west-1",
       .user_agent = "flame-ec2/0"},
      {.http = aws, .clock = clock, .cancel = cancel, .random = random, .find_credentials = [this] {
         return finder->find();
       }});
  }

  Result<boot::BootResult> boot()
  {
    boot::Plan plan = two_candidates();
    plan.boot_timeout = 5h;
    return boot::run(
      plan, {.ec2 = *ec2,
             .clock = clock,
             .cancel = cancel,
             .random = random,
             .progress = progress,
             .render = [](std::size_t /*first*/) { return Result<std::string>("#!/bin/sh\n"); }});
  }

  fleet::EndReport end()
  {
    return fleet::end_machines({"i-1"}, clock.now() + 1min, {*ec2, clock, cancel});
  }
};

struct Row {
  const char* name;
  std::map<std::string, std::string> env = {};
  std::map<std::string, std::string> files = {};
};

const char* const k_config = "/home/me/.aws/config";
const std::string k_base = "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n";
const std::string k_token = R"({"accessToken":"a","expiresAt":"2026-01-15T09:15:30Z","clientId":"c",
  "clientSecret":"s","refreshToken":"r","registrationExpiresAt":"2026-03-01T00:00:00Z"})";

// "corp" as SHA-1.
const char* const k_token_file =
  "/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

std::vector<Row> rows()
{
  return {
    {"imds", {}, {}},
    {"container", {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/keys"}}, {}},
    {"github",
     {{"ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.example/"},
      {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "b"},
      {"AWS_ROLE_ARN", "arn:aws:iam::1:role/ci"}},
     {}},
    {"web identity",
     {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/ci"}},
     {{"/token", "jwt"}}},
    {"role of a role",
     {{"AWS_PROFILE", "p"}},
     {{k_config, k_base
                   + "[profile mid]\nrole_arn = m\nsource_profile = base\n"
                     "[profile p]\nrole_arn = r\nsource_profile = mid\n"}}},
    {"SSO",
     {{"AWS_PROFILE", "p"}},
     {{k_config, "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
                 "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp\n"},
      {k_token_file, k_token}}},
  };
}

} // namespace

TEST_CASE("client: a boot and a later terminate outlive three sets of role credentials")
{
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    Day day;
    day.env = row.env;
    day.files = row.files;
    day.aws.runs_at = day.clock.wall() + 3h + 50min;
    day.begin();
    const auto booted = day.boot();
    REQUIRE(booted);
    CHECK(booted->machines.at(0).instance.id == "i-1");
    day.clock.pass(2h);
    const auto report = day.end();
    CHECK(report.ended == std::vector<std::string>{"i-1"});
    CHECK(day.aws.used.size() >= 4);
    CHECK(day.aws.refused == 0); // fresh ones were always there in time
  }
}

TEST_CASE("client: keys that are taken back in the middle of a wait are asked for again, once")
{
  Day day;
  day.aws.runs_at = day.clock.wall() + 30min;
  day.begin();
  day.clock.on_sleep = [&] {
    if (day.clock.wall() > day.aws.runs_at - 15min && day.aws.keys.size() == 1) {
      day.aws.keys["SET1"] = day.clock.wall();
    }
  };
  REQUIRE(day.boot());
  CHECK(day.aws.refused == 1);
  CHECK(day.aws.used == std::set<std::string>{"SET1", "SET2"});
}

TEST_CASE("client: a machine is ended after a signal although the keys have ended meanwhile")
{
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    Day day;
    day.env = row.env;
    day.files = row.files;
    day.begin();
    const Seconds start = day.clock.wall();
    day.clock.on_sleep = [&] {
      if (day.clock.wall() > start + 20min && day.cancel.now.signal == 0) {
        day.cancel.now.signal = 15;
        for (auto& [id, end] : day.aws.keys) {
          end = day.clock.wall();
        }
      }
    };
    const auto booted = day.boot();
    REQUIRE(!booted);
    CHECK(booted.error().kind == ErrorKind::interrupted);
    CHECK(booted.error().instances.empty());
    CHECK(day.aws.state == "terminated");
    CHECK(day.aws.refused == 1);
  }
}

TEST_CASE("client: a machine's keys go on when its metadata is out of order for hours")
{
  Day day;
  day.begin();
  REQUIRE(day.ec2->credentials());
  day.clock.pass(3h);
  day.aws.keys["SET1"] = day.clock.wall() + 1h; // AWS takes them on
  day.aws.out_of_order = true;
  CHECK(day.ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(day.aws.used == std::set<std::string>{"SET1"});
  day.aws.out_of_order = false;
  day.clock.pass(6min);
  CHECK(day.ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(day.aws.used == std::set<std::string>{"SET1", "SET2"});
}
