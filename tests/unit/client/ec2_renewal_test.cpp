#include "support/client_world.hpp"
#include "support/ec2_answers.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using aws::ErrorClass;

namespace {

// The world's clock says 08:15:30 on 15 January 2026.
const std::vector<std::pair<std::string, std::string>> k_ten_minutes_later = {
  {"date", "Thu, 15 Jan 2026 08:25:30 GMT"}};
const std::vector<std::pair<std::string, std::string>> k_now = {
  {"date", "Thu, 15 Jan 2026 08:15:31 GMT"}};

aws::Credentials temporary(const std::string& id, Seconds expiration)
{
  return {.access_key_id = id,
          .secret_access_key = "secret",
          .session_token = "token of " + id,
          .expiration = expiration};
}

std::string key_of(const io::HttpRequest& request)
{
  const std::string text = header(request, "authorization");
  const std::size_t start = text.find("Credential=") + 11;
  return text.substr(start, text.find('/', start) - start);
}

} // namespace

TEST_CASE("client::Ec2Client looks for credentials on the first call, once")
{
  ClientWorld world;
  CHECK(world.lookups == 0);
  world.http.answers = {FakeHttp::response(200, describe_xml("i-1")),
                        FakeHttp::response(200, describe_xml("i-1"))};
  CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(world.ec2->credentials()->access_key_id == "AKIDEXAMPLE");
  CHECK(world.lookups == 1);
}

TEST_CASE("client::Ec2Client sends nothing without credentials")
{
  ClientWorld world;
  world.keys = {fail(ErrorKind::credentials, "no AWS credentials found")};
  const auto machines = world.ec2->run_instances({}, {});
  REQUIRE(!machines);
  CHECK(machines.error().error_class == ErrorClass::credentials);
  CHECK(machines.error().error.message == "no AWS credentials found");
  CHECK(world.http.requests.empty());
}

TEST_CASE("client::Ec2Client takes fresh credentials before the old ones end")
{
  ClientWorld world;
  const Seconds now = world.clock.wall();
  world.keys = {temporary("first", now + 6min), temporary("second", now + 6h)};
  CHECK(world.ec2->credentials()->access_key_id == "first");
  world.clock.pass(50s);
  CHECK(world.ec2->credentials()->access_key_id == "first");
  world.clock.pass(30s);
  CHECK(world.ec2->credentials()->access_key_id == "second");
  CHECK(world.lookups == 2);
}

TEST_CASE("client::Ec2Client keeps credentials that still live when there are no fresher ones")
{
  ClientWorld world;
  world.keys = {temporary("first", world.clock.wall() + 4min),
                fail(ErrorKind::credentials, "gone")};
  CHECK(world.ec2->credentials());
  world.clock.pass(2min);
  CHECK(world.ec2->credentials()->access_key_id == "first");
  CHECK(world.ec2->credentials()->access_key_id == "first");
  CHECK(world.lookups == 2); // not again at every call
  world.clock.pass(3min);
  CHECK(world.ec2->credentials().error().message == "gone");
}

TEST_CASE("client::Ec2Client goes on with a machine's keys when no fresh ones are to be had")
{
  ClientWorld world;
  aws::Credentials role = temporary("role", world.clock.wall() + 4min);
  role.survives_expiry = true;
  world.keys = {role, fail(ErrorKind::credentials, "metadata is out of order")};
  CHECK(world.ec2->credentials());
  world.clock.pass(10min);
  CHECK(world.ec2->credentials()->access_key_id == "role");
  CHECK(world.lookups == 2);
  world.clock.pass(4min);
  CHECK(world.ec2->credentials());
  CHECK(world.lookups == 2); // not again at every call
  world.clock.pass(1min);
  CHECK(world.ec2->credentials());
  CHECK(world.lookups == 3);
  world.keys.push_back(temporary("fresh", world.clock.wall() + 6h));
  world.clock.pass(5min);
  CHECK(world.ec2->credentials()->access_key_id == "fresh");
}

TEST_CASE("client::Ec2Client names who gave the keys that AWS does not take")
{
  ClientWorld world;
  aws::Credentials keys = temporary("old", world.clock.wall() + 6h);
  keys.provider = "profile dev (SSO)";
  world.keys = {keys};
  world.http.answers = {ec2_error(400, "ExpiredToken")};
  const auto machines = world.ec2->describe_instances({.ids = {"i-1"}}, {});
  REQUIRE(!machines);
  CHECK(machines.error().error.hint.starts_with("the keys are of profile dev (SSO); "));
}

TEST_CASE("client::Ec2Client renews refused credentials once and goes on")
{
  ClientWorld world;
  const Seconds later = world.clock.wall() + 6h;
  SUBCASE("when there are others")
  {
    world.keys = {temporary("old", later), temporary("new", later)};
    world.http.answers = {ec2_error(400, "ExpiredToken"),
                          FakeHttp::response(200, describe_xml("i-1"))};
    CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {}));
    CHECK(key_of(world.http.requests[0]) == "old");
    CHECK(key_of(world.http.requests[1]) == "new");
    CHECK(header(world.http.requests[1], "x-amz-security-token") == "token of new");
    CHECK(world.clock.slept.empty());
  }
  SUBCASE("but not with the same ones")
  {
    world.keys = {temporary("old", later)};
    world.http.answers = {ec2_error(400, "ExpiredToken")};
    const auto machines = world.ec2->describe_instances({.ids = {"i-1"}}, {});
    REQUIRE(!machines);
    CHECK(machines.error().error_class == ErrorClass::credentials);
    CHECK(world.http.requests.size() == 1);
  }
  SUBCASE("a launch leaves that to its caller")
  {
    world.keys = {temporary("old", later), temporary("new", later)};
    world.http.answers = {ec2_error(400, "ExpiredToken"),
                          FakeHttp::response(200, run_instances_xml("i-1"))};
    CHECK(world.ec2->run_instances({}, {}).error().error_class == ErrorClass::credentials);
    CHECK(world.ec2->renew(ErrorClass::credentials));
    CHECK(world.ec2->run_instances({}, {}));
    CHECK(key_of(world.http.requests[1]) == "new");
  }
  SUBCASE("and says when there are none to be had")
  {
    world.keys = {temporary("old", later), fail(ErrorKind::credentials, "gone")};
    CHECK(world.ec2->credentials());
    CHECK(world.ec2->renew(ErrorClass::credentials).error().message == "gone");
  }
}

TEST_CASE("client::Ec2Client corrects its signatures when the clock is wrong")
{
  ClientWorld world;
  for (const char* code : {"RequestExpired", "AuthFailure", "SignatureDoesNotMatch",
                           "RequestTimeTooSkewed", "RequestInTheFuture"}) {
    CAPTURE(code);
    ClientWorld fresh;
    fresh.http.answers = {ec2_error(401, code, k_ten_minutes_later),
                          FakeHttp::response(200, describe_xml("i-1"), k_ten_minutes_later)};
    CHECK(fresh.ec2->describe_instances({.ids = {"i-1"}}, {}));
    CHECK(header(fresh.http.requests[0], "x-amz-date") == "20260115T081530Z");
    CHECK(header(fresh.http.requests[1], "x-amz-date") == "20260115T082530Z");
    CHECK(fresh.ec2->clock_offset() == 10min);
    CHECK(fresh.warnings
          == std::vector<std::string>{"the clock of this computer is 10m behind AWS's; requests "
                                      "are signed with AWS's time"});
  }
  SUBCASE("a launch leaves that to its caller, and says by how much")
  {
    world.http.answers = {ec2_error(401, "AuthFailure", k_ten_minutes_later),
                          FakeHttp::response(200, run_instances_xml("i-1"))};
    const auto machines = world.ec2->run_instances({}, {});
    REQUIRE(!machines);
    CHECK(machines.error().error_class == ErrorClass::clock);
    CHECK(machines.error().error.hint == "the clock of this computer is 10m behind AWS's; set it");
    CHECK(world.ec2->renew(ErrorClass::clock));
    CHECK(world.ec2->run_instances({}, {}));
    CHECK(header(world.http.requests[1], "x-amz-date") == "20260115T082530Z");
  }
  SUBCASE("not when it is right: then the keys are wrong")
  {
    world.http.answers = {ec2_error(401, "AuthFailure", k_now)};
    CHECK(world.ec2->run_instances({}, {}).error().error_class == ErrorClass::signature);
  }
  SUBCASE("RequestExpired by a right clock means that the token is too old")
  {
    world.keys = {temporary("old", world.clock.wall() + 6h)};
    world.http.answers = {ec2_error(400, "RequestExpired", k_now)};
    CHECK(world.ec2->run_instances({}, {}).error().error_class == ErrorClass::credentials);
  }
}

TEST_CASE("client::Ec2Client believes only AWS about the time")
{
  ClientWorld world;
  CHECK(world.ec2->clock_offset() == 0s);
  SUBCASE("not a proxy's page")
  {
    world.http.answers = {FakeHttp::response(403, "<html></html>", k_ten_minutes_later)};
  }
  SUBCASE("not a cache")
  {
    auto headers = k_ten_minutes_later;
    headers.emplace_back("age", "600");
    world.http.answers = {FakeHttp::response(200, run_instances_xml("i-1"), headers)};
  }
  SUBCASE("not a Date that is none")
  {
    world.http.answers = {
      FakeHttp::response(200, run_instances_xml("i-1"), {{"date", "yesterday"}})};
  }
  static_cast<void>(world.ec2->run_instances({}, {}));
  CHECK(world.http.requests.size() == 1);
  CHECK(world.ec2->clock_offset() == 0s);
  const auto renewed = world.ec2->renew(ErrorClass::clock);
  REQUIRE(!renewed);
  CHECK(renewed.error().message
        == "AWS calls this computer's clock wrong, and does not say the time");
}
