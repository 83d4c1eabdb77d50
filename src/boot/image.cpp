#include "boot/image.hpp"

#include "aws/public_images.hpp"
#include "boot/raw_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace flame::boot {
namespace {

using config::Settings;

// What the user asked for, were there no template.
std::string asked_image(const Settings& settings, const Facts& facts)
{
  if (!facts.image_id.empty()) {
    return facts.image_id;
  }
  const aws::PublicImage* image = aws::find_public_image(settings.image);
  if (image == nullptr) {
    return settings.image_id;
  }
  const std::string_view architecture = settings.instance_types.empty()
                                          ? "x86_64"
                                          : aws::architecture_of(settings.instance_types.front());
  return fmt::format("{}{}", aws::k_resolve, aws::parameter_of(*image, architecture));
}

// What the template says of the size of that volume, "" when it leaves it to the image.
std::string size_in_template(const aws::LaunchTemplate& launch_template, const std::string& device)
{
  using Pair = aws::Params::value_type;
  for (const aws::Params& volume : launch_template.block_devices) {
    const auto size = std::ranges::find(volume, "Ebs.VolumeSize", &Pair::first);
    if (std::ranges::count(volume, Pair("DeviceName", device)) > 0 && size != volume.end()) {
      return size->second;
    }
  }
  return "";
}

} // namespace

bool template_has_image(const Settings& settings, const Facts& facts)
{
  return !settings.launch_template_id.empty()
         && (!facts.launch_template || !facts.launch_template->image_id.empty());
}

bool template_has_type(const Settings& settings, const Facts& facts)
{
  return !settings.launch_template_id.empty()
         && (!facts.launch_template || !facts.launch_template->instance_type.empty());
}

std::string image_id_of(const Settings& settings, const Facts& facts)
{
  return template_has_image(settings, facts) ? "" : asked_image(settings, facts);
}

std::string root_image_id_of(const Settings& settings, const Facts& facts)
{
  if (!template_has_image(settings, facts)) {
    return asked_image(settings, facts);
  }
  if (!facts.image_id.empty()) {
    return facts.image_id;
  }
  return facts.launch_template ? facts.launch_template->image_id : "";
}

std::string_view default_instance_type(const Facts& facts)
{
  return facts.image && facts.image->architecture == "arm64" ? "t4g.nano" : "t3.nano";
}

bool wants_root_volume(const Settings& settings)
{
  return settings.root_volume_size || !settings.root_volume_type.empty()
         || settings.root_volume_iops || settings.root_volume_throughput
         || settings.root_volume_initialization_rate || settings.root_volume_encrypted
         || !settings.root_volume_kms_key.empty();
}

std::string architecture_of(const Plan& plan, const Facts& facts)
{
  const std::string& type = plan.candidates.front().instance_type;
  if (facts.image || type.empty()) {
    return facts.image ? facts.image->architecture : "";
  }
  return std::string(aws::architecture_of(type));
}

int root_volume_size(const Settings& settings, const Facts& facts)
{
  if (settings.root_volume_size) {
    return *settings.root_volume_size;
  }
  const bool unseen = !settings.launch_template_id.empty() && !facts.launch_template;
  if (!facts.image || unseen || has_raw_parameter(settings, "BlockDeviceMapping.")) {
    return 0;
  }
  const std::string of_template =
    facts.launch_template ? size_in_template(*facts.launch_template, facts.image->root_device) : "";
  return of_template.empty() ? facts.image->root_volume_size : std::atoi(of_template.c_str());
}

} // namespace flame::boot
