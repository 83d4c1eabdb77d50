#include "client/ssm_client.hpp"
#include "support/client_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

namespace {

struct SsmWorld : ClientWorld {
  std::unique_ptr<aws::SsmApi> ssm = client::make_ssm_client(
    {.endpoint = {.host = "ssm.eu-west-1.amazonaws.com"}, .region = "eu-west-1"},
    {.http = http, .clock = clock, .cancel = cancel, .random = random, .find_credentials = [this] {
       return keys.front();
     }});
  aws::Outcome<std::string> ask()
  {
    return ssm->parameter("/a/\"b\":3", {.deadline = clock.now() + 30s});
  }
};

} // namespace

TEST_CASE("client::make_ssm_client posts JSON that is signed for SSM")
{
  SsmWorld world;
  world.http.answers = {FakeHttp::response(
    200, R"({"Parameter":{"Name":"/a","Type":"String","Value":"ami-1","Version":3}})")};
  const auto value = world.ask();
  REQUIRE(value);
  CHECK(*value == "ami-1");
  const io::HttpRequest& request = world.http.requests.at(0);
  CHECK(request.url == "https://ssm.eu-west-1.amazonaws.com/");
  CHECK(request.body == R"({"Name":"/a/\"b\":3"})");
  CHECK(header(request, "content-type") == "application/x-amz-json-1.1");
  CHECK(header(request, "x-amz-target") == "AmazonSSM.GetParameter");
  const std::string authorization(header(request, "authorization"));
  CHECK(authorization.find("/eu-west-1/ssm/aws4_request") != std::string::npos);
  CHECK(authorization.find("SignedHeaders=content-type;host;x-amz-date;x-amz-target")
        != std::string::npos);
}

TEST_CASE("client::make_ssm_client tells refusals by their type")
{
  SsmWorld world;
  const auto refused = [&](int status, std::string body) {
    world.http.answers = {
      FakeHttp::response(status, std::move(body), {{"x-amzn-requestid", "r-7"}})};
    const auto value = world.ask();
    REQUIRE(!value);
    return value.error();
  };
  const aws::ApiError missing =
    refused(400, R"({"__type":"ParameterNotFound","message":"no such"})");
  CHECK(missing.error_class == aws::ErrorClass::parameter);
  CHECK(missing.error.aws_code == "ParameterNotFound");
  CHECK(missing.error.request_id == "r-7");
  CHECK(refused(400, R"({"__type":"com.amazonaws.ssm#ParameterVersionNotFound"})").error.aws_code
        == "ParameterVersionNotFound");
  CHECK(refused(400, R"({"__type":"AccessDeniedException","Message":"User: x is not authorized"})")
          .error_class
        == aws::ErrorClass::permission);
  CHECK(refused(200, "<html>hello</html>").error_class == aws::ErrorClass::answer);
  for (const char* body : {"{}", "[]", R"({"Parameter":1})", R"({"Parameter":{"Value":1}})"}) {
    CAPTURE(body);
    CHECK(refused(200, body).error_class == aws::ErrorClass::answer);
  }
  CHECK(refused(403, "<html>proxy</html>").error_class == aws::ErrorClass::answer);
}

TEST_CASE("client::make_ssm_client tries again when it is throttled")
{
  SsmWorld world;
  world.http.answers = {
    FakeHttp::response(400, R"({"__type":"ThrottlingException","message":"Rate exceeded"})"),
    FakeHttp::response(200, R"({"Parameter":{"Value":"ami-1"}})")};
  CHECK(world.ask() == "ami-1");
  CHECK(world.http.requests.size() == 2);
}
