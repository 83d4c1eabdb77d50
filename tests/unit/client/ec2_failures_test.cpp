#include "support/client_world.hpp"
#include "support/ec2_answers.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using Reason = io::HttpFailure::Reason;

namespace {

aws::ApiError launch(FakeHttp::Answer answer)
{
  ClientWorld world;
  world.http.answers = {std::move(answer)};
  const auto machines = world.ec2->run_instances({}, {});
  REQUIRE(!machines);
  return machines.error();
}

bool holds(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("client::Ec2Client: what each failure of the way means")
{
  struct Row {
    Reason reason;
    bool sent;
    ErrorClass error_class;
    ErrorKind kind;
  };
  const Row rows[] = {
    {Reason::resolve, false, ErrorClass::endpoint, ErrorKind::network},
    {Reason::connect, false, ErrorClass::endpoint, ErrorKind::network},
    {Reason::tls, false, ErrorClass::answer, ErrorKind::network},
    {Reason::timed_out, false, ErrorClass::endpoint, ErrorKind::network},
    {Reason::timed_out, true, ErrorClass::transient, ErrorKind::network},
    {Reason::broken, false, ErrorClass::endpoint, ErrorKind::network},
    {Reason::broken, true, ErrorClass::transient, ErrorKind::network},
    {Reason::not_http, true, ErrorClass::answer, ErrorKind::network},
    {Reason::too_large, true, ErrorClass::answer, ErrorKind::network},
    {Reason::cancelled, true, ErrorClass::cancelled, ErrorKind::interrupted},
    {Reason::setup, false, ErrorClass::unknown, ErrorKind::config},
  };
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.reason));
    CAPTURE(row.sent);
    const aws::ApiError error = launch(FakeHttp::failure(row.reason, row.sent));
    CHECK(error.error_class == row.error_class);
    CHECK(error.error.kind == row.kind);
    CHECK(error.may_have_happened == row.sent);
    CHECK(error.error.message == "RunInstances failed: no answer of the fake");
  }
  CHECK(holds(launch(FakeHttp::failure(Reason::connect, false)).error.hint, "AWS_ENDPOINT_URL"));
  CHECK(holds(launch(FakeHttp::failure(Reason::tls, false)).error.hint, "--ca-bundle"));
}

TEST_CASE("client::Ec2Client: a page instead of an answer names its writer")
{
  const std::string page =
    "<!DOCTYPE html><html><head><title>\n Corporate\x1b[31m Proxy </title></head></html>";
  SUBCASE("as a success: the launch may have happened")
  {
    const aws::ApiError error = launch(FakeHttp::response(200, page));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(error.may_have_happened);
    CHECK(error.http_status == 200);
    CHECK(error.error.message
          == "AWS's answer to RunInstances is an HTML page, titled \"Corporate?[31m Proxy\"; it "
             "came from ec2.eu-west-1.amazonaws.com with HTTP status 200");
    CHECK(holds(error.error.hint, "HTTPS_PROXY"));
  }
  SUBCASE("as a refusal: it has not")
  {
    const aws::ApiError error = launch(FakeHttp::response(403, page));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(!error.may_have_happened);
    CHECK(holds(error.error.message, "titled \"Corporate?[31m Proxy\""));
  }
  SUBCASE("as a gateway's failure: who knows")
  {
    const aws::ApiError error = launch(FakeHttp::response(504, page));
    CHECK(error.error_class == ErrorClass::transient);
    CHECK(error.may_have_happened);
  }
  SUBCASE("as a demand for a login")
  {
    const aws::ApiError error = launch(FakeHttp::response(407, page));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(holds(error.error.hint, "the proxy wants a name and a password"));
  }
}

TEST_CASE("client::Ec2Client: answers that are empty, cut, foreign or elsewhere")
{
  SUBCASE("cut")
  {
    const std::string whole = run_instances_xml("i-1");
    const aws::ApiError error = launch(FakeHttp::response(200, whole.substr(0, 200)));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(error.may_have_happened);
  }
  SUBCASE("empty")
  {
    const aws::ApiError error = launch(FakeHttp::response(200, ""));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(error.may_have_happened);
    CHECK(holds(error.error.message, "is empty; it came from ec2.eu-west-1.amazonaws.com"));
  }
  SUBCASE("another action's")
  {
    const aws::ApiError error = launch(FakeHttp::response(200, describe_xml("i-1")));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(error.may_have_happened);
  }
  SUBCASE("a redirect")
  {
    const aws::ApiError error = launch(
      FakeHttp::response(302, "", {{"location", "https://login.example.com/?token=hunter2"}}));
    CHECK(error.error_class == ErrorClass::answer);
    CHECK(!error.may_have_happened);
    CHECK(error.http_status == 302);
    CHECK(error.error.message
          == "AWS's answer to RunInstances is a redirect to login.example.com (HTTP 302 from "
             "ec2.eu-west-1.amazonaws.com)");
  }
  SUBCASE("a redirect to nowhere")
  {
    const aws::ApiError error = launch(FakeHttp::response(301, ""));
    CHECK(holds(error.error.message, "is a redirect to another address"));
  }
}

TEST_CASE("client::Ec2Client: AWS's own errors come with their class and request id")
{
  const aws::ApiError capacity = launch(ec2_error(500, "InsufficientInstanceCapacity"));
  CHECK(capacity.error_class == ErrorClass::capacity);
  CHECK(!capacity.may_have_happened);
  CHECK(capacity.error.request_id == "r-3");
  const aws::ApiError unsure =
    launch(FakeHttp::response(503, "", {{"x-amzn-requestid", "from-header"}}));
  CHECK(unsure.error_class == ErrorClass::transient);
  CHECK(unsure.may_have_happened);
  CHECK(unsure.error.request_id == "from-header");
}

TEST_CASE("client::Ec2Client never shows keys in its errors")
{
  for (const FakeHttp::Answer& answer :
       {FakeHttp::failure(Reason::broken, true), ec2_error(403, "SignatureDoesNotMatch"),
        FakeHttp::response(200, "<html>"), FakeHttp::response(302, "")}) {
    ClientWorld world;
    world.keys = {aws::Credentials{
      .access_key_id = "AKIDHUNTER1", .secret_access_key = "hunter2", .session_token = "hunter3"}};
    world.http.answers = {answer};
    const auto machines = world.ec2->run_instances({}, {});
    REQUIRE(!machines);
    const std::string all = machines.error().error.message + machines.error().error.hint;
    CHECK(!holds(all, "hunter"));
    CHECK(!holds(all, "HUNTER"));
  }
}
