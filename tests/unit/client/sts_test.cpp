#include "client/sts.hpp"
#include "support/ec2_answers.hpp"
#include "support/fake_clock.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

namespace {

const FakeClock k_clock;
const aws::Endpoint k_endpoint = {.host = "sts.eu-west-1.amazonaws.com"};
const std::string k_region = "eu-west-1";
const aws::Credentials k_keys = {.access_key_id = "AKID", .secret_access_key = "s"};

client::StsCaller caller(FakeHttp& http)
{
  return {http, k_clock, k_endpoint, k_region, k_keys, k_clock.wall()};
}

aws::Outcome<client::CallerIdentity> ask(FakeHttp& http)
{
  return client::caller_identity(caller(http));
}

} // namespace

TEST_CASE("client::caller_identity says who we are")
{
  FakeHttp http;
  http.answers = {FakeHttp::response(
    200, "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
         "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn>"
         "<UserId>AID</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
         "</GetCallerIdentityResponse>")};
  const auto identity = ask(http);
  REQUIRE(identity);
  CHECK(identity->account == "123456789012");
  CHECK(identity->arn == "arn:aws:iam::123456789012:user/me");
  REQUIRE(http.requests.size() == 1);
  CHECK(http.requests[0].url == "https://sts.eu-west-1.amazonaws.com/");
  CHECK(http.requests[0].body == "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(header(http.requests[0], "authorization").find("/eu-west-1/sts/") != std::string::npos);
  CHECK(http.requests[0].deadline == FakeClock().now() + 10s);
}

TEST_CASE("client::caller_identity tries once and says why it failed")
{
  FakeHttp http;
  SUBCASE("wrong key")
  {
    http.answers = {FakeHttp::response(
      403, "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>"
           "<Message>The security token included in the request is invalid.</Message></Error>"
           "<RequestId>r-9</RequestId></ErrorResponse>")};
    const auto identity = ask(http);
    REQUIRE(!identity);
    CHECK(identity.error().error_class == aws::ErrorClass::credentials);
    CHECK(identity.error().error.request_id == "r-9");
  }
  SUBCASE("a page")
  {
    http.answers = {FakeHttp::response(200, "<html><title>Welcome</title></html>")};
    const auto identity = ask(http);
    REQUIRE(!identity);
    CHECK(identity.error().error_class == aws::ErrorClass::answer);
    CHECK(identity.error().error.message.find("\"Welcome\"; it came from sts.eu-west-1")
          != std::string::npos);
  }
  SUBCASE("nobody there")
  {
    CHECK(ask(http).error().error_class == aws::ErrorClass::endpoint);
  }
  CHECK(http.requests.size() == 1);
}

TEST_CASE("client::decode_authorization_message gives STS's explanation")
{
  FakeHttp http;
  http.answers = {FakeHttp::response(
    200, "<DecodeAuthorizationMessageResponse><DecodeAuthorizationMessageResult><DecodedMessage>"
         "{&quot;allowed&quot;:false}</DecodedMessage></DecodeAuthorizationMessageResult>"
         "</DecodeAuthorizationMessageResponse>")};
  const auto decoded = client::decode_authorization_message(caller(http), "a+b/c=");
  REQUIRE(decoded);
  CHECK(*decoded == "{\"allowed\":false}");
  CHECK(http.requests[0].body
        == "Action=DecodeAuthorizationMessage&Version=2011-06-15&EncodedMessage=a%2Bb%2Fc%3D");
  CHECK(!client::decode_authorization_message(caller(http), "x"));
}
