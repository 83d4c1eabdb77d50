#include "sandbox/iam.hpp"

#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::sandbox {
namespace {

constexpr std::string_view k_xmlns = "https://iam.amazonaws.com/doc/2010-05-08/";

struct Profile {
  std::string_view name;
  std::string_view role; // "": none in it
};
constexpr Profile k_profiles[] = {
  {k_profile, k_role}, {k_parent_profile, k_parent_role}, {k_bare_profile, ""}};

void write_profile(Xml& xml, const Profile& profile)
{
  xml.text("InstanceProfileName", profile.name).text("InstanceProfileId", "AIPA0123456789ABCDEF");
  xml.text("Arn", fmt::format("arn:aws:iam::{}:instance-profile/{}", k_account, profile.name));
  xml.text("Path", "/").text("CreateDate", "2026-01-15T08:15:30Z").open("Roles");
  if (!profile.role.empty()) {
    xml.open("member").text("RoleName", profile.role).text("RoleId", "AROA0123456789ABCDEF");
    xml.text("Arn", fmt::format("arn:aws:iam::{}:role/{}", k_account, profile.role));
    xml.text("Path", "/").text("CreateDate", "2026-01-15T08:15:30Z").close("member");
  }
  xml.close("Roles");
}

} // namespace

Ec2Result<std::string> serve_iam(const std::string& action, const Params& params,
                                 const std::string& request_id)
{
  const auto name = params.find("InstanceProfileName");
  if (action != "GetInstanceProfile" || params.size() != 1 || name == params.end()) {
    return refuse("InvalidAction",
                  fmt::format("Could not find operation {} for version 2010-05-08", action));
  }
  const auto* const profile = std::ranges::find(k_profiles, name->second, &Profile::name);
  if (profile == std::end(k_profiles)) {
    return refuse("NoSuchEntity",
                  fmt::format("Instance Profile {} cannot be found.", name->second));
  }
  Xml xml;
  xml.open("GetInstanceProfileResponse", k_xmlns).open("GetInstanceProfileResult");
  xml.open("InstanceProfile");
  write_profile(xml, *profile);
  xml.close("InstanceProfile").close("GetInstanceProfileResult").open("ResponseMetadata");
  xml.text("RequestId", request_id).close("ResponseMetadata").close("GetInstanceProfileResponse");
  return xml.take();
}

Reply iam_error_reply(const Ec2Error& error, const std::string& request_id)
{
  const bool gone = error.code == "NoSuchEntity";
  Xml xml;
  xml.open("ErrorResponse", k_xmlns).open("Error");
  xml.text("Type", error.status < 500 ? "Sender" : "Receiver");
  xml.text("Code", error.code).text("Message", error.message).close("Error");
  xml.text("RequestId", request_id).close("ErrorResponse");
  return {.status = gone ? 404 : error.status, .content_type = "text/xml", .body = xml.take()};
}

std::string iam_region(const std::string& region)
{
  return region.starts_with("cn-")       ? "cn-north-1"
         : region.starts_with("us-gov-") ? "us-gov-west-1"
         : region.starts_with("eusc-")   ? "eusc-de-east-1"
                                         : "us-east-1";
}

} // namespace flame::sandbox
