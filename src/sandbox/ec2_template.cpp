#include "base/encoding.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <utility>

namespace flame::sandbox {

Ec2Result<Params> with_template(const Params& params)
{
  const std::string id = get(params, "LaunchTemplate.LaunchTemplateId");
  const std::string name = get(params, "LaunchTemplate.LaunchTemplateName");
  if (id.empty() && name.empty()) {
    return params;
  }
  if (!id.empty() && !is_id(id, "lt-")) {
    return refuse("InvalidLaunchTemplateId.Malformed",
                  fmt::format("Invalid id: \"{}\" (expecting \"lt-...\")", id));
  }
  if (!id.empty() && id != k_template_id) {
    return refuse(
      "InvalidLaunchTemplateId.NotFound",
      fmt::format("The specified launch template, with template ID {}, does not exist.", id));
  }
  if (!name.empty() && name != k_template_name) {
    return refuse("InvalidLaunchTemplateName.NotFoundException",
                  fmt::format("The specified launch template, with template name {}, does not "
                              "exist.",
                              name));
  }
  const std::string version = get(params, "LaunchTemplate.Version");
  const Template* row = find_template_version(version);
  if (row == nullptr) {
    return refuse("InvalidLaunchTemplateId.VersionNotFound",
                  fmt::format("Could not find the specified version {} for the launch template "
                              "with ID {}.",
                              version, k_template_id));
  }
  Params all = params;
  const std::pair<const char*, std::string> filled[] = {
    {"ImageId", std::string(row->image)},
    {"InstanceType", std::string(row->type)},
    {"SubnetId", std::string(row->subnet)},
    {"UserData", to_base64(row->user_data)},
    {"SecurityGroupId.1", std::string(row->group)}};
  for (const auto& [parameter, value] : filled) {
    const bool given = std::string_view(parameter) == "SecurityGroupId.1"
                         ? has_any(params, "SecurityGroupId.")
                         : params.contains(parameter);
    if (!given && !value.empty()) {
      all[parameter] = value;
    }
  }
  return all;
}

} // namespace flame::sandbox
