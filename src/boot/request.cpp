#include "boot/request.hpp"

#include "base/encoding.hpp"
#include "base/version.hpp"
#include "boot/image.hpp"
#include "boot/raw_parameters.hpp"
#include "config/options.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
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

void add_if_set(aws::Params& params, std::string_view name, const std::string& value)
{
  if (!value.empty()) {
    params.emplace_back(name, value);
  }
}

void add_image(aws::Params& params, const Settings& settings, const Facts& facts)
{
  add_if_set(params, "ImageId", image_id_of(settings, facts));
  const std::string& launch_template = settings.launch_template_id;
  if (launch_template.empty()) {
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

// Settings that are a parameter as they are.
void add_plain(aws::Params& params, const Settings& settings)
{
  for (const config::Option& option : config::options()) {
    if (!option.rules.ec2.empty()) {
      add_if_set(params, option.rules.ec2, config::shown(option, settings));
    }
  }
}

// EC2 takes one of the three in a request.
void add_reservation(aws::Params& params, const std::string& which)
{
  const std::string prefix = "CapacityReservationSpecification.";
  if (which.starts_with("cr-")) {
    params.emplace_back(prefix + "CapacityReservationTarget.CapacityReservationId", which);
  } else if (which.starts_with("arn:")) {
    params.emplace_back(prefix + "CapacityReservationTarget.CapacityReservationResourceGroupArn",
                        which);
  } else if (!which.empty()) {
    params.emplace_back(prefix + "CapacityReservationPreference",
                        which == "only" ? "capacity-reservations-only" : which);
  }
}

bool has(const aws::Params& params, std::string_view name)
{
  return std::ranges::find(params, name, &std::pair<std::string, std::string>::first)
         != params.end();
}

// Tokens are required on every machine, and its script is read from the metadata service. A
// template's other options go along, since EC2 may take ours in place of all of them.
void add_metadata(aws::Params& params, const Settings& settings, const Facts& facts)
{
  const std::string prefix = "MetadataOptions.";
  params.emplace_back(prefix + "HttpTokens", "required");
  if (settings.metadata_tags) {
    params.emplace_back(prefix + "InstanceMetadataTags",
                        *settings.metadata_tags ? "enabled" : "disabled");
  }
  for (const auto& [name, value] :
       facts.launch_template ? facts.launch_template->metadata_options : aws::Params()) {
    if (!has(params, prefix + name) && !settings.ec2.contains(prefix + name)) {
      params.emplace_back(prefix + name, name == "HttpEndpoint" ? "enabled" : value);
    }
  }
}

// The template's own words about that device, which EC2 may drop for ours.
aws::Params template_volume(const Facts& facts, const std::string& device)
{
  for (const aws::Params& found :
       facts.launch_template ? facts.launch_template->block_devices : std::vector<aws::Params>()) {
    if (std::ranges::count(found, std::pair<std::string, std::string>("DeviceName", device)) > 0) {
      return found;
    }
  }
  return {};
}

aws::Params volume_of(const Settings& settings)
{
  const auto text = [](const std::optional<int>& number) {
    return number ? std::to_string(*number) : std::string();
  };
  const bool encrypted = settings.root_volume_encrypted || !settings.root_volume_kms_key.empty();
  aws::Params params = {{"Ebs.DeleteOnTermination", "true"}};
  add_if_set(params, "Ebs.VolumeSize", text(settings.root_volume_size));
  add_if_set(params, "Ebs.VolumeType", settings.root_volume_type);
  add_if_set(params, "Ebs.Iops", text(settings.root_volume_iops));
  add_if_set(params, "Ebs.Throughput", text(settings.root_volume_throughput));
  add_if_set(params, "Ebs.VolumeInitializationRate",
             text(settings.root_volume_initialization_rate));
  add_if_set(params, "Ebs.Encrypted", encrypted ? "true" : ""); // "false" is refused by some images
  add_if_set(params, "Ebs.KmsKeyId", settings.root_volume_kms_key);
  return params;
}

// On the image's own root device: any other name would be a second, empty disk.
void add_root_volume(aws::Params& params, const Settings& settings, const Facts& facts)
{
  if (!wants_root_volume(settings)) {
    return;
  }
  std::size_t place = 1; // behind the user's own
  while (has_raw_parameter(settings, fmt::format("BlockDeviceMapping.{}.", place))) {
    ++place;
  }
  const std::string prefix = fmt::format("BlockDeviceMapping.{}.", place);
  const std::string device = facts.image ? facts.image->root_device : "(the image's root device)";
  const aws::Params ours = volume_of(settings);
  params.emplace_back(prefix + "DeviceName", device);
  for (const auto& [name, value] : template_volume(facts, device)) {
    // Operations and throughput belong to the type that they were chosen for.
    const bool of_type = name == "Ebs.Iops" || name == "Ebs.Throughput";
    if (name != "DeviceName" && !has(ours, name)
        && !(of_type && !settings.root_volume_type.empty())) {
      params.emplace_back(prefix + name, value);
    }
  }
  for (const auto& [name, value] : ours) {
    params.emplace_back(prefix + name, value);
  }
}

} // namespace

aws::Params common_parameters(const Settings& settings, const Facts& facts, const Plan& plan)
{
  aws::Params params;
  add_image(params, settings, facts);
  add_profile(params, settings.iam_instance_profile);
  add_plain(params, settings);
  add_reservation(params, settings.capacity_reservation);
  add_root_volume(params, settings, facts);
  // A machine that powers itself off must be gone, and nothing may keep it from being ended.
  params.emplace_back("InstanceInitiatedShutdownBehavior", "terminate");
  params.emplace_back("DisableApiTermination", "false");
  add_metadata(params, settings, facts);
  add_tags(params, tags_of(settings, plan));
  params.insert(params.end(), settings.ec2.begin(), settings.ec2.end());
  return params;
}

namespace {

// One-time: a persistent request would launch the machine again and again.
constexpr std::pair<std::string_view, std::string_view> k_once[] = {
  {"SpotInstanceType", "one-time"},
  {"InstanceInterruptionBehavior", "terminate"},
};

bool is_of_once(std::string_view name)
{
  return std::ranges::any_of(k_once, [&](const auto& option) { return option.first == name; });
}

void add_market(aws::Params& params, const Candidate& candidate, const aws::Params& options)
{
  if (candidate.market != k_spot) {
    return; // EC2 has no word for on-demand
  }
  params.emplace_back("InstanceMarketOptions.MarketType", k_spot);
  const std::string prefix = "InstanceMarketOptions.SpotOptions.";
  for (const auto& [name, value] : k_once) {
    params.emplace_back(prefix + std::string(name), value);
  }
  for (const auto& [name, value] : options) {
    params.emplace_back(prefix + name, value);
  }
}

} // namespace

// The template's go along, since EC2 may take ours in place of all of them; but not the end of its
// request, which EC2 refuses of one-time requests.
aws::Params spot_options_of(const Settings& settings, const Facts& facts)
{
  aws::Params options;
  add_if_set(options, "MaxPrice", settings.spot_max_price);
  for (const auto& [name, value] :
       facts.launch_template ? facts.launch_template->spot_options : aws::Params()) {
    if (name != "ValidUntil" && !is_of_once(name) && !has(options, name)) {
      options.emplace_back(name, value);
    }
  }
  return options;
}

Group first_group(const Plan& plan)
{
  const std::size_t most = std::min(plan.count, k_group_limit);
  const bool is_only_one = plan.candidates.size() == 1;
  return {.least = is_only_one ? std::min(plan.min_count, most) : 1, .most = most};
}

aws::Params launch_parameters(const Plan& plan, const Candidate& candidate, const Group& group,
                              std::string_view user_data, std::string_view client_token)
{
  aws::Params params = {{"MinCount", std::to_string(group.least)},
                        {"MaxCount", std::to_string(group.most)}};
  params.insert(params.end(), plan.common.begin(), plan.common.end());
  add_if_set(params, "InstanceType", candidate.instance_type);
  add_if_set(params, plan.subnet_parameter, candidate.subnet_id);
  add_market(params, candidate, plan.spot_options);
  params.emplace_back("ClientToken", client_token);
  params.emplace_back("UserData", to_base64(user_data));
  return params;
}

aws::Params launch_parameters(const Plan& plan, const Candidate& candidate,
                              std::string_view user_data, std::string_view client_token)
{
  return launch_parameters(plan, candidate, first_group(plan), user_data, client_token);
}

} // namespace flame::boot
