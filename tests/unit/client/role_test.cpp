#include "client/credentials/chain.hpp"
#include "support/fake_sources.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace flame::client;
using namespace std::chrono_literals;

namespace {

const std::string k_role = "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n"
                           "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/app\n"
                           "source_profile = base\n";

using Headers = std::vector<std::pair<std::string, std::string>>;

FakeHttp::Answer role_keys(const std::string& id, const std::string& action = "AssumeRole")
{
  return FakeHttp::response(
    200, "<" + action + "Response><" + action
           + "Result><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/app/me</Arn>"
             "</AssumedRoleUser><Credentials><AccessKeyId>"
           + id
           + "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
             "<Expiration>2026-01-15T09:15:30Z</Expiration></Credentials></"
           + action + "Result></" + action + "Response>");
}

FakeHttp::Answer sts_error(int status, const std::string& code, const Headers& headers = {})
{
  return FakeHttp::response(status,
                            "<ErrorResponse><Error><Code>" + code
                              + "</Code><Message>No</Message></Error>"
                                "<RequestId>r-1</RequestId></ErrorResponse>",
                            headers);
}

struct RoleWorld : FakeSources {
  RoleWorld()
  {
    profile = "p";
    files["/home/me/.aws/config"] = k_role;
  }
  Found find() { return from_profile(sources()); }
  bool sent(std::size_t request, const std::string& part) const
  {
    return http.requests.at(request).body.find(part) != std::string::npos;
  }
};

bool has(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("client: a role is asked of the region's STS, signed with the source's keys")
{
  RoleWorld world;
  world.http.answers = {role_keys("ROLE")};
  const auto keys = world.find().value().value();
  CHECK(keys.access_key_id == "ROLE");
  CHECK(keys.session_token == "t");
  CHECK(iso8601(keys.expiration.value()) == "2026-01-15T09:15:30Z");
  CHECK(keys.account_id == "123456789012");
  CHECK(keys.provider == "profile p (arn:aws:iam::123456789012:role/app)");
  const auto& request = world.http.requests.at(0);
  CHECK(request.url == "https://sts.eu-west-1.amazonaws.com/");
  CHECK(has(header(request, "authorization"), "Credential=BASE/20260115/eu-west-1/sts/"));
  CHECK(
    request.body
    == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2F"
       "app&RoleSessionName=flame-ec2-1768464930");
  CHECK(request.deadline == world.clock.now() + 10s);
}

TEST_CASE("client: what STS refuses is said in its words")
{
  RoleWorld world;
  SUBCASE("no right to it")
  {
    world.http.answers = {sts_error(403, "AccessDenied")};
    const auto found = world.find();
    REQUIRE(!found);
    CHECK(found.error().kind == ErrorKind::credentials);
    CHECK(
      found.error().message
      == "profile p cannot have the role arn:aws:iam::123456789012:role/app: AssumeRole failed: "
         "No (AccessDenied)");
    CHECK(has(found.error().hint, "sts:AssumeRole"));
    CHECK(found.error().request_id == "r-1");
    CHECK(found.error().aws_code == "AccessDenied");
  }
  SUBCASE("dead keys are those of the source")
  {
    world.http.answers = {sts_error(403, "ExpiredToken")};
    const auto found = world.find();
    REQUIRE(!found);
    CHECK(found.error().kind == ErrorKind::credentials);
    CHECK(found.error().hint == "STS does not take the keys of profile base");
  }
  CHECK(world.http.requests.size() == 1);
}

TEST_CASE("client: STS is tried again while that may help, three times in all")
{
  RoleWorld world;
  SUBCASE("out of order, then well")
  {
    world.http.answers = {sts_error(500, "InternalFailure"),
                          FakeHttp::failure(io::HttpFailure::Reason::broken, true),
                          role_keys("ROLE")};
    CHECK(world.find().value()->access_key_id == "ROLE");
    CHECK(world.clock.slept.size() == 2);
  }
  SUBCASE("not reached")
  {
    const auto found = world.find();
    REQUIRE(!found);
    CHECK(found.error().kind == ErrorKind::network);
    CHECK(world.http.requests.size() == 3);
  }
  SUBCASE("limiting")
  {
    world.http.answers = {sts_error(400, "Throttling"), sts_error(400, "Throttling"),
                          sts_error(400, "Throttling")};
    CHECK(world.find().error().kind == ErrorKind::throttled);
  }
  SUBCASE("a token that could not be checked")
  {
    world.files["/home/me/.aws/config"] =
      "[profile p]\nrole_arn = r\nweb_identity_token_file = /token\n";
    world.files["/token"] = "jwt";
    world.http.answers = {sts_error(400, "IDPCommunicationError"),
                          role_keys("WEB", "AssumeRoleWithWebIdentity")};
    CHECK(world.find().value()->access_key_id == "WEB");
    CHECK(header(world.http.requests[0], "authorization").empty());
    CHECK(world.sent(0, "WebIdentityToken=jwt"));
  }
}

TEST_CASE("client: a wrong clock is put right once for STS too")
{
  RoleWorld world;
  const Headers later = {{"date", "Thu, 15 Jan 2026 09:15:30 GMT"}};
  SUBCASE("and then it works")
  {
    world.http.answers = {sts_error(403, "SignatureDoesNotMatch", later), role_keys("ROLE")};
    CHECK(world.find().value()->access_key_id == "ROLE");
    CHECK(header(world.http.requests[0], "x-amz-date") == "20260115T081530Z");
    CHECK(header(world.http.requests[1], "x-amz-date") == "20260115T091530Z");
  }
  SUBCASE("or does not")
  {
    world.http.answers = {sts_error(403, "SignatureDoesNotMatch", later),
                          sts_error(403, "SignatureDoesNotMatch", later)};
    CHECK(world.find().error().kind == ErrorKind::credentials);
    CHECK(world.http.requests.size() == 2);
  }
}

TEST_CASE("client: keys of a role with a code are kept where AWS's command line keeps them")
{
  // What Python says of sha1(json.dumps({"DurationSeconds": 1800, "ExternalId": "e", "RoleArn":
  // "arn:aws:iam::1:role/app", "SerialNumber": "arn:aws:iam::1:mfa/me"}, sort_keys=True)).
  const std::string path = "/home/me/.aws/cli/cache/50e1a0361b452c5f348ddcda358ddf8711683f51.json";
  RoleWorld world;
  world.files["/home/me/.aws/config"] =
    "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n[profile p]\n"
    "role_arn = arn:aws:iam::1:role/app\nsource_profile = base\nexternal_id = e\n"
    "duration_seconds = 1800\nmfa_serial = arn:aws:iam::1:mfa/me\n";
  world.profile = "p";
  const auto kept = [&](const std::string& until) {
    return R"({"Credentials": {"AccessKeyId": "KEPT", "SecretAccessKey": "s", "SessionToken": "t",
               "Expiration": ")"
           + until + R"(", "AccountId": "123456789012"}, "AssumedRoleUser": {"Arn": "x"}})";
  };
  SUBCASE("what is there is taken, and nobody is asked")
  {
    world.files[path] = kept("2026-01-15T09:15:30+00:00");
    const auto found = world.find();
    REQUIRE(found);
    CHECK(found.value()->access_key_id == "KEPT");
    CHECK(has(found.value()->provider, "kept in ~/.aws/cli/cache"));
    CHECK(world.http.requests.empty());
  }
  SUBCASE("not when it is about to end, is broken, or AWS may have refused it")
  {
    world.answer = "123456";
    world.http.answers = {role_keys("ROLE")};
    for (const std::string& text :
         {kept("2026-01-15T08:30:00+00:00"), kept("soon"), std::string("{"), std::string()}) {
      CAPTURE(text);
      world.files[path] = text;
      world.http.answers = {role_keys("ROLE")};
      CHECK(world.find().value()->access_key_id == "ROLE");
    }
    world.files[path] = kept("2026-01-15T09:15:30+00:00");
    Finder finder(default_chain(), world.sources());
    CHECK(finder.find()->access_key_id == "KEPT");
    CHECK(has(finder.find().error().message, "nobody can be asked"));
  }
  SUBCASE("and what a code was typed for is kept there")
  {
    world.answer = "123456";
    world.http.answers = {role_keys("ROLE")};
    CHECK(world.find());
    REQUIRE(world.files.contains(path));
    CHECK(has(world.files[path], "ROLE"));
    world.answer.reset();
    world.http.answers = {};
    CHECK(world.find());
  }
}

TEST_CASE("client: an MFA code is asked for in a terminal, once")
{
  RoleWorld world;
  world.files["/home/me/.aws/config"] = k_role + "mfa_serial = arn:aws:iam::1:mfa/me\n";
  SUBCASE("and sent")
  {
    world.answer = "123456";
    world.http.answers = {role_keys("ROLE")};
    CHECK(world.find().value()->access_key_id == "ROLE");
    CHECK(world.questions
          == std::vector<std::string>{"Enter MFA code for arn:aws:iam::1:mfa/me: "});
    CHECK(world.sent(0, "SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&TokenCode=123456"));
  }
  SUBCASE("not when nobody is there")
  {
    const auto found = world.find();
    REQUIRE(!found);
    CHECK(has(found.error().message, "wants an MFA code, and nobody can be asked"));
  }
  SUBCASE("not when there is no answer")
  {
    world.answer = "";
    CHECK(has(world.find().error().message, "none was given"));
  }
  SUBCASE("not again in the middle of the work")
  {
    world.answer = "123456";
    world.http.answers = {role_keys("ROLE"), role_keys("ROLE2")};
    Finder finder(default_chain(), world.sources());
    CHECK(finder.find()->access_key_id == "ROLE");
    CHECK(has(finder.find().error().message, "nobody can be asked"));
    CHECK(world.questions.size() == 1);
  }
  CHECK(world.http.requests.size() <= 1);
}

TEST_CASE("client: a role needs a region, and takes STS's endpoint from the settings")
{
  RoleWorld world;
  auto sources = world.sources();
  sources.region = "";
  CHECK(from_profile(sources).error().kind == ErrorKind::config);
  sources.region = "cn-north-1";
  static_cast<void>(from_profile(sources));
  CHECK(world.http.requests.at(0).url == "https://sts.cn-north-1.amazonaws.com.cn/");
  sources.endpoint = [](std::string_view service, std::string_view) {
    return aws::parse_endpoint("http://127.0.0.1:1/" + std::string(service), false);
  };
  static_cast<void>(from_profile(sources));
  CHECK(world.http.requests.back().url == "http://127.0.0.1:1/sts/");
}
