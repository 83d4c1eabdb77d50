#include "boot/request.hpp"

#include "base/encoding.hpp"
#include "base/version.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <map>

namespace flame::boot {
namespace {

using config::Settings;

// What RunInstances can tag. Tags that are set later would leave a moment in which a machine is
// nobody's.
constexpr std::string_view k_tagged[] = {"instance", "volume", "network-interface"};

using Tags = std::map<std::string, std::string>;

Tags tags_of(const Settings& settings, const Plan& plan)
{
  Tags tags = settings.tags;
  tags.emplace("Name", plan.app); // the user's own stays
  tags[std::string(fleet::k_tag_run_id)] = plan.run_id;
  tags[std::string(fleet::k_tag_app)] = plan.app;
  tags[std::string(fleet::k_tag_version)] = version();
  tags[std::string(fleet::k_tag_expires_at)] = plan.expires_at ? iso8601(*plan.expires_at) : "none";
  tags[std::string(fleet::k_tag_parent_app)] = plan.app;
  if (!plan.parent_ip.empty()) {
    tags[std::string(fleet::k_tag_parent_ip)] = plan.parent_ip;
  }
  return tags;
}

void add_tags(aws::Params& params, const Tags& tags)
{
  std::size_t resource = 0;
  for (const std::string_view type : k_tagged) {
    const std::string prefix = fmt::format("TagSpecification.{}", ++resource);
    params.emplace_back(prefix + ".ResourceType", type);
    std::size_t number = 0;
    for (const auto& [key, value] : tags) {
      ++number;
      params.emplace_back(fmt::format("{}.Tag.{}.Key", prefix, number), key);
      params.emplace_back(fmt::format("{}.Tag.{}.Value", prefix, number), value);
    }
  }
}

void add_image(aws::Params& params, const Settings& settings)
{
  const std::string& launch_template = settings.launch_template_id;
  if (launch_template.empty()) {
    params.emplace_back("ImageId", settings.image_id);
    return;
  }
  params.emplace_back(launch_template.starts_with("lt-") ? "LaunchTemplate.LaunchTemplateId"
                                                         : "LaunchTemplate.LaunchTemplateName",
                      launch_template);
  params.emplace_back("LaunchTemplate.Version", settings.launch_template_version.empty()
                                                  ? "$Default"
                                                  : settings.launch_template_version);
}

void add_profile(aws::Params& params, const std::string& profile)
{
  if (!profile.empty()) {
    params.emplace_back(
      profile.starts_with("arn:") ? "IamInstanceProfile.Arn" : "IamInstanceProfile.Name", profile);
  }
}

void add_if_set(aws::Params& params, std::string_view name, const std::string& value)
{
  if (!value.empty()) {
    params.emplace_back(name, value);
  }
}

} // namespace

aws::Params common_parameters(const Settings& settings, const Plan& plan)
{
  aws::Params params = {{"MinCount", "1"}, {"MaxCount", "1"}};
  add_image(params, settings);
  add_profile(params, settings.iam_instance_profile);
  add_if_set(params, "KeyName", settings.key_name);
  std::size_t group = 0;
  for (const std::string& id : settings.security_group_ids) {
    params.emplace_back(fmt::format("SecurityGroupId.{}", ++group), id);
  }
  // A machine that powers itself off must be gone, and nothing may keep it from being ended.
  params.emplace_back("InstanceInitiatedShutdownBehavior", "terminate");
  params.emplace_back("DisableApiTermination", "false");
  params.emplace_back("MetadataOptions.HttpTokens", "required");
  add_tags(params, tags_of(settings, plan));
  return params;
}

aws::Params launch_parameters(const Plan& plan, const Candidate& candidate,
                              std::string_view user_data, std::string_view client_token)
{
  aws::Params params = plan.common;
  add_if_set(params, "InstanceType", candidate.instance_type);
  add_if_set(params, "SubnetId", candidate.subnet_id);
  params.emplace_back("ClientToken", client_token);
  params.emplace_back("UserData", to_base64(user_data));
  return params;
}

} // namespace flame::boot
