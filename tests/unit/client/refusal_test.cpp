#include "client/ec2_client.hpp"
#include "client/refusal.hpp"
#include "support/ec2_answers.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using client::hint_of_refusal;

namespace {

const std::string k_decoded =
  R"({"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},
      "context":{"principal":{"id":"AIDA","name":"ci","arn":"arn:aws:iam::1:user/ci"},
      "action":"iam:PassRole","resource":"arn:aws:iam::1:role/app",
      "conditions":{"items":[{"key":"aws:Region","values":{"items":[{"value":"eu-west-1"}]}}]}}})";

std::string launch_hint(std::optional<std::string> decoded, std::vector<std::string>& asked)
{
  FakeHttp http;
  FakeClock clock;
  FakeCancel cancel;
  FakeRandom random{1};
  http.answers = {FakeHttp::response(
    403, "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not "
         "authorized to perform this operation. Encoded authorization failure message: "
         "abc-DEF_123</Message></Error></Errors><RequestID>r</RequestID></Response>")};
  const auto ec2 = client::make_ec2_client(
    {.endpoint = {.host = "ec2.eu-west-1.amazonaws.com"}, .region = "eu-west-1"},
    {.http = http,
     .clock = clock,
     .cancel = cancel,
     .random = random,
     .find_credentials =
       [] { return aws::Credentials{.access_key_id = "AKID", .secret_access_key = "s"}; },
     .decode =
       [&](const std::string& encoded) {
         asked.push_back(encoded);
         return decoded;
       }});
  const auto machines = ec2->run_instances({}, {});
  return machines ? "launched" : machines.error().error.hint;
}

} // namespace

TEST_CASE("client::hint_of_refusal says who may not do what to which resource")
{
  CHECK(hint_of_refusal(k_decoded)
        == "arn:aws:iam::1:user/ci may not do iam:PassRole on arn:aws:iam::1:role/app; a policy "
           "must allow it");
  CHECK(hint_of_refusal(R"({"explicitDeny": true, "context": {"action": "ec2:CreateTags"}})")
        == "the caller may not do ec2:CreateTags; a policy denies it");
  CHECK(hint_of_refusal(R"({"context":{"action":"a\u001b[2Jb"}})")
        == "the caller may not do a?[2Jb; a policy must allow it");
  for (const char* text : {"", "{}", "no JSON", R"({"context":{}})", R"([1])"}) {
    CAPTURE(text);
    CHECK(hint_of_refusal(text).empty());
  }
}

TEST_CASE("client::Ec2Client has refusals decoded, where the caller may")
{
  std::vector<std::string> asked;
  CHECK(
    launch_hint(k_decoded, asked).starts_with("arn:aws:iam::1:user/ci may not do iam:PassRole"));
  CHECK(asked == std::vector<std::string>{"abc-DEF_123"});
  CHECK(launch_hint(std::nullopt, asked).find("decode-authorization-message") != std::string::npos);
  CHECK(launch_hint("nonsense", asked).find("decode-authorization-message") != std::string::npos);
}
