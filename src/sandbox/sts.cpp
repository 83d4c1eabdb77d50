#include "sandbox/sts.hpp"

#include "base/encoding.hpp"
#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

namespace flame::sandbox {
namespace {

constexpr std::string_view k_xmlns = "https://sts.amazonaws.com/doc/2011-06-15/";

std::string identity(const Key& caller, const std::string& request_id)
{
  Xml xml;
  xml.open("GetCallerIdentityResponse", k_xmlns).open("GetCallerIdentityResult");
  xml.text("Arn", caller.arn).text("UserId", caller.user_id).text("Account", k_account);
  xml.close("GetCallerIdentityResult").open("ResponseMetadata").text("RequestId", request_id);
  xml.close("ResponseMetadata").close("GetCallerIdentityResponse");
  return xml.take();
}

// What was encoded is the action's name.
Ec2Result<std::string> decoded(const std::string& encoded, const Key& caller,
                               const std::string& request_id)
{
  const auto action = from_base64(encoded);
  if (!action || action->empty()) {
    return refuse("InvalidAuthorizationMessageException", "Invalid token");
  }
  const std::string text = fmt::format(
    R"({{"allowed":false,"explicitDeny":false,"context":{{"principal":{{"arn":{}}},"action":{},)"
    R"("resource":{}}}}})",
    json_string(caller.arn), json_string("ec2:" + *action),
    json_string(fmt::format("arn:aws:ec2:us-east-1:{}:*/*", k_account)));
  Xml xml;
  xml.open("DecodeAuthorizationMessageResponse", k_xmlns);
  xml.open("DecodeAuthorizationMessageResult").text("DecodedMessage", text);
  xml.close("DecodeAuthorizationMessageResult");
  xml.open("ResponseMetadata").text("RequestId", request_id).close("ResponseMetadata");
  xml.close("DecodeAuthorizationMessageResponse");
  return xml.take();
}

} // namespace

Ec2Error unauthorized(const std::string& action)
{
  const std::string code = "UnauthorizedOperation";
  return {.status = status_of(code),
          .code = code,
          .message = fmt::format("{} Encoded authorization failure message: {}", message_of(code),
                                 to_base64(action))};
}

Ec2Result<std::string> serve_sts(const std::string& action, const Params& params, const Key& caller,
                                 const std::string& request_id)
{
  const auto message = params.find("EncodedMessage");
  if (action == "GetCallerIdentity" && params.empty()) {
    return identity(caller, request_id);
  }
  if (action == "DecodeAuthorizationMessage" && params.size() == 1 && message != params.end()) {
    return decoded(message->second, caller, request_id);
  }
  return refuse("InvalidAction",
                fmt::format("Could not find operation {} for version 2011-06-15", action));
}

Reply sts_error_reply(const Ec2Error& error, const std::string& request_id)
{
  Xml xml;
  xml.open("ErrorResponse", k_xmlns).open("Error");
  xml.text("Type", error.status < 500 ? "Sender" : "Receiver");
  xml.text("Code", error.code).text("Message", error.message).close("Error");
  xml.text("RequestId", request_id).close("ErrorResponse");
  return {.status = error.status, .content_type = "text/xml", .body = xml.take()};
}

} // namespace flame::sandbox
