#include "aws/ec2_errors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <tuple>

using namespace flame;
using namespace flame::aws;

namespace {

constexpr auto k_last = static_cast<int>(ErrorClass::unknown);

ErrorClass of(std::string_view code, int status = 400, std::string_view message = "")
{
  return classify(code, status, message);
}

} // namespace

TEST_CASE("aws: the table of error classes holds together")
{
  std::set<std::string_view> names;
  for (int i = 0; i <= k_last; ++i) {
    const ErrorClassInfo& row = info(static_cast<ErrorClass>(i));
    CAPTURE(row.name);
    CHECK(row.error_class == static_cast<ErrorClass>(i));
    CHECK(names.insert(row.name).second);
    CHECK(!row.hint.ends_with('.'));
    CHECK(!(row.retry_same && row.next_candidate));
    // Another type may be there; that this one is not is a mistake, which no waiting mends.
    const bool moves_on = row.kind == ErrorKind::capacity || row.error_class == ErrorClass::no_type;
    CHECK(moves_on == row.next_candidate);
  }
}

TEST_CASE("aws: the table of error codes holds together")
{
  std::set<std::tuple<std::string_view, std::string_view>> seen;
  std::set<ErrorClass> used;
  std::set<std::string_view> without_message;
  for (const ErrorRule& rule : error_rules()) {
    CAPTURE(rule.code);
    CHECK(!rule.code.empty());
    CHECK(seen.insert({rule.code, rule.message}).second);
    CHECK(!rule.hint.ends_with('.'));
    used.insert(rule.error_class);
    if (rule.message.empty()) {
      without_message.insert(rule.code);
    } else { // else the rule could never be reached
      CHECK(!without_message.contains(rule.code));
      CHECK(std::ranges::none_of(rule.message, [](char c) { return c >= 'A' && c <= 'Z'; }));
    }
  }
  for (int i = 0; i <= k_last; ++i) {
    const auto error_class = static_cast<ErrorClass>(i);
    const bool ours = error_class == ErrorClass::answer || error_class == ErrorClass::endpoint
                      || error_class == ErrorClass::cancelled || error_class == ErrorClass::unknown;
    CAPTURE(info(error_class).name);
    CHECK(used.contains(error_class) != ours);
  }
}

TEST_CASE("aws::classify: the code decides before the HTTP status")
{
  CHECK(of("InsufficientInstanceCapacity", 500) == ErrorClass::capacity);
  CHECK(of("RequestLimitExceeded", 503) == ErrorClass::throttle);
  CHECK(of("InvalidAMIID.NotFound", 503) == ErrorClass::parameter);
  CHECK(of("DryRunOperation", 412) == ErrorClass::dry_run);
}

TEST_CASE("aws::classify: the exact code, then its part before the dot, then patterns")
{
  CHECK(of("InvalidInstanceID.NotFound") == ErrorClass::consistency);
  CHECK(of("InvalidInstanceID.Malformed") == ErrorClass::parameter);
  CHECK(of("AuthFailure", 401) == ErrorClass::signature);
  CHECK(of("AuthFailure.ServiceLinkedRoleCreationNotPermitted", 403) == ErrorClass::capacity);
  CHECK(of("AuthFailure.SomethingElse", 403) == ErrorClass::signature);
  CHECK(of("InvalidClientTokenId", 403) == ErrorClass::credentials);
  CHECK(of("InvalidColour") == ErrorClass::parameter);
  CHECK(of("MissingParameter") == ErrorClass::parameter);
  CHECK(of("UnknownParameter") == ErrorClass::parameter);
  CHECK(of("VcpuLimitExceeded") == ErrorClass::quota);
  CHECK(of("InsufficientFreeAddressesInSubnet") == ErrorClass::addresses);
  CHECK(of("Unsupported") == ErrorClass::unsupported);
}

TEST_CASE("aws::classify: the codes of a state reason are the same codes")
{
  CHECK(of("Server.InsufficientInstanceCapacity", 0) == ErrorClass::capacity);
  CHECK(of("Client.VolumeLimitExceeded", 0) == ErrorClass::quota);
  CHECK(of("Client.UserInitiatedShutdown", 0) == ErrorClass::unknown);
}

TEST_CASE("aws::classify: the message tells apart what shares a code")
{
  CHECK(of("SignatureDoesNotMatch", 403, "Signature expired: 20260115T081530Z is now earlier")
        == ErrorClass::clock);
  CHECK(of("SignatureDoesNotMatch", 403, "Signature not yet current: ...") == ErrorClass::clock);
  CHECK(of("SignatureDoesNotMatch", 403, "The request signature we calculated does not match")
        == ErrorClass::signature);
  CHECK(of("RequestExpired") == ErrorClass::clock);
  CHECK(of("InvalidParameterValue", 400, "The instance type does not support an AMI with arm64")
        == ErrorClass::unsupported);
  CHECK(of("InvalidParameterValue", 400, "Invalid value 'x' for InstanceType")
        == ErrorClass::no_type);
  CHECK(of("InvalidParameterValue", 400, "Invalid value 'x' for KeyName") == ErrorClass::parameter);
}

TEST_CASE("aws::classify: without a known code the HTTP status decides")
{
  CHECK(of("", 429) == ErrorClass::throttle);
  CHECK(of("", 503) == ErrorClass::transient);
  CHECK(of("NewFailure", 500) == ErrorClass::transient);
  CHECK(of("", 401) == ErrorClass::signature);
  CHECK(of("", 403) == ErrorClass::permission);
  CHECK(of("", 301) == ErrorClass::answer);
  CHECK(of("", 407) == ErrorClass::answer);
  CHECK(of("NewRefusal", 400) == ErrorClass::unknown);
  CHECK(of("", 0) == ErrorClass::unknown);
}

TEST_CASE("aws::api_error: of a type that there is not, which setting names it")
{
  const ApiError failed = api_error("RunInstances", "InvalidParameterValue",
                                    "Invalid value 't3.nanoo' for InstanceType.", 400, "req-1");
  CHECK(failed.error.message.find("t3.nanoo") != std::string::npos);
  CHECK(failed.error.hint.starts_with("correct instance_type"));
}

TEST_CASE("aws::api_error: says what EC2 said, with the code")
{
  const ApiError failed =
    api_error("RunInstances", "InsufficientInstanceCapacity",
              "We have no m7g.large in us-east-1a. Choose us-east-1b.", 500, "req-1");
  CHECK(failed.error.message
        == "RunInstances failed: We have no m7g.large in us-east-1a. Choose us-east-1b "
           "(InsufficientInstanceCapacity)");
  CHECK(failed.error.kind == ErrorKind::capacity);
  CHECK(failed.error.hint == "give more instance types or subnets to choose from");
  CHECK(failed.error.aws_code == "InsufficientInstanceCapacity");
  CHECK(failed.error.request_id == "req-1");
  CHECK(failed.http_status == 500);
  CHECK(!failed.may_have_happened);
}

TEST_CASE("aws::api_error: only an answer that does not deny the effect leaves it open")
{
  CHECK(api_error("RunInstances", "InternalError", "", 500, "").may_have_happened);
  CHECK(api_error("RunInstances", "", "", 502, "").may_have_happened);
  CHECK(!api_error("RunInstances", "RequestLimitExceeded", "", 503, "").may_have_happened);
  CHECK(!api_error("RunInstances", "NewRefusal", "", 400, "").may_have_happened);
  CHECK(answer_error("RunInstances", "is empty").may_have_happened);
}

TEST_CASE("aws::api_error: the encoded authorization message is kept out of the sentence")
{
  const ApiError failed =
    api_error("RunInstances", "UnauthorizedOperation",
              "You are not authorized to perform this operation. User: u is not authorized to "
              "perform: ec2:RunInstances. Encoded authorization failure message: AbC-_d0",
              403, "");
  CHECK(failed.error.kind == ErrorKind::denied);
  CHECK(failed.error.message
        == "RunInstances failed: You are not authorized to perform this operation. User: u is not "
           "authorized to perform: ec2:RunInstances (UnauthorizedOperation)");
  CHECK(failed.error.hint.find("aws sts decode-authorization-message") != std::string::npos);
  CHECK(failed.encoded_message == "AbC-_d0");
}

TEST_CASE("aws::api_error: hints name what to do")
{
  const auto hint = [](std::string_view code, std::string_view message = "") {
    return api_error("RunInstances", code, message, 400, "").error.hint;
  };
  // Which quota, by its code, is told by the type and the market: boot/refusals.
  CHECK(hint("VcpuLimitExceeded").find("quota of vCPUs in the") != std::string::npos);
  CHECK(hint("MaxSpotInstanceCountExceeded").find("quota of vCPUs of spot") != std::string::npos);
  CHECK(hint("UnauthorizedOperation", "not authorized to perform: iam:PassRole on resource: r")
          .find("needs iam:PassRole")
        != std::string::npos);
  CHECK(hint("RequestLimitExceeded").find("the rate of RunInstances for") != std::string::npos);
  CHECK(hint("AccessDenied").find("a permission for RunInstances") != std::string::npos);
  CHECK(hint("RequestTimeTooSkewed").find("clock") != std::string::npos);
}

TEST_CASE("aws::api_error: a message is one line that no terminal acts upon")
{
  const auto message = [](std::string_view text, std::string_view code = "C") {
    return api_error("RunInstances", code, text, 400, "").error.message;
  };
  CHECK(message("a\x1b[2J\nb. ") == "RunInstances failed: a [2J b (C)");
  CHECK(message("", "") == "RunInstances failed with HTTP status 400");
  CHECK(message("only text", "") == "RunInstances failed: only text");
  CHECK(message("", "OnlyCode") == "RunInstances failed: OnlyCode");
  CHECK(message("bad \xff\xfe byte") == "RunInstances failed: bad ?? byte (C)");
  const std::string euro = "\xe2\x82\xac";
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += euro;
  }
  CHECK(message(many).size() < 1100);
  CHECK(message(many).find(euro + " (C)") != std::string::npos);
}
