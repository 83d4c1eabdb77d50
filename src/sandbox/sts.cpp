#include "sandbox/sts.hpp"

#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

namespace flame::sandbox {
namespace {

constexpr std::string_view k_xmlns = "https://sts.amazonaws.com/doc/2011-06-15/";

} // namespace

Ec2Result<std::string> serve_sts(const std::string& action, const Params& params, const Key& caller,
                                 const std::string& request_id)
{
  if (action != "GetCallerIdentity" || !params.empty()) {
    return refuse("InvalidAction",
                  fmt::format("Could not find operation {} for version 2011-06-15", action));
  }
  Xml xml;
  xml.open("GetCallerIdentityResponse", k_xmlns).open("GetCallerIdentityResult");
  xml.text("Arn", caller.arn).text("UserId", caller.user_id).text("Account", k_account);
  xml.close("GetCallerIdentityResult").open("ResponseMetadata").text("RequestId", request_id);
  xml.close("ResponseMetadata").close("GetCallerIdentityResponse");
  return xml.take();
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
