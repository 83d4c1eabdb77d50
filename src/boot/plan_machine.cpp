#include "boot/plan_machine.hpp"

#include "aws/public_images.hpp"
#include "base/text.hpp"
#include "boot/image.hpp"
#include "boot/look_up.hpp"
#include "boot/user_data_mime.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using config::Settings;

// Limits of EC2: 50 tags a resource, of which up to seven are ours.
constexpr std::size_t k_tag_limit = 50 - 7;
constexpr std::size_t k_tag_key_limit = 128;
constexpr std::size_t k_tag_value_limit = 256;
constexpr int k_gp3_least_iops = 3000;

bool is_alphanumeric(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Of AWS's own making, as in subnet-0abc. EC2 knows whether it is there.
bool is_id(std::string_view text, std::string_view prefix)
{
  return text.starts_with(prefix) && text.size() > prefix.size()
         && std::ranges::all_of(text.substr(prefix.size()),
                                [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// Of a family and a size, as in m7i-flex.large and u-6tb1.112xlarge.
bool is_type(std::string_view text)
{
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size()
         && std::ranges::all_of(text,
                                [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

// Of AWS's limits on tags, which count letters.
std::size_t letters(std::string_view text)
{
  return static_cast<std::size_t>(std::ranges::count_if(
    text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

void check_each(Mistakes& mistakes, std::string_view key, const std::vector<std::string>& ids,
                std::string_view prefix)
{
  for (const std::string& id : ids) {
    if (!is_id(id, prefix)) {
      mistakes.add(fmt::format("{} \"{}\" is no id", key, id),
                   fmt::format("it begins with {}", prefix));
    }
  }
}

void check_image_name(Mistakes& mistakes, const Settings& settings)
{
  if (!settings.image.empty() && !settings.image_id.empty()) {
    mistakes.add(fmt::format(R"(image "{}" and image_id "{}" are both set)", settings.image,
                             settings.image_id),
                 "keep one of the two");
  }
  if (settings.image.empty() || aws::find_public_image(settings.image) != nullptr) {
    return;
  }
  std::vector<std::string_view> names;
  std::ranges::transform(aws::public_images(), std::back_inserter(names), &aws::PublicImage::name);
  const std::string_view meant = nearest(settings.image, names);
  mistakes.add(fmt::format("image \"{}\" is no name of a public image", settings.image),
               fmt::format("{}the names are {}; any other image by its id: --image-id",
                           meant.empty() ? "" : fmt::format("did you mean {}? ", meant),
                           fmt::join(names, ", ")));
}

void check_image_id(Mistakes& mistakes, const std::string& image)
{
  const bool parameter = image.starts_with(aws::k_resolve) && image.size() > aws::k_resolve.size();
  if (!image.empty() && !is_id(image, "ami-") && !parameter) {
    mistakes.add(fmt::format("image_id \"{}\" is no image id", image),
                 aws::find_public_image(image) != nullptr
                   ? fmt::format("it is the name of a public image: --image {}", image)
                   : "it begins with ami- or with resolve:ssm:");
  }
}

void check_profile(Mistakes& mistakes, const std::string& profile)
{
  if (profile.find(":role/") != std::string::npos) {
    mistakes.add(fmt::format("iam_instance_profile \"{}\" is a role", profile),
                 "give the instance profile that holds the role: its name, or its ARN with "
                 ":instance-profile/");
  }
}

// An image runs on one kind of processor.
void check_types(Mistakes& mistakes, const Settings& settings, const Facts& facts)
{
  if (settings.instance_types.empty()
      || (!facts.image && (settings.image.empty() || template_has_image(settings, facts)))) {
    return;
  }
  const std::string& first = settings.instance_types.front();
  const std::string_view wanted =
    facts.image ? std::string_view(facts.image->architecture) : aws::architecture_of(first);
  const auto fits = [&](const std::string& type) { return aws::architecture_of(type) == wanted; };
  // Of an image that is known, those that fit it are enough: boot/survey drops the others.
  const bool enough = facts.image && std::ranges::any_of(settings.instance_types, fits);
  if ((wanted != "x86_64" && wanted != "arm64") || enough) {
    return;
  }
  for (const std::string& type : settings.instance_types) {
    if (!fits(type)) {
      mistakes.add(fmt::format("instance_type {} is {}, and {} is for {}", type,
                               aws::architecture_of(type),
                               facts.image ? fmt::format("image {}", facts.image->id)
                                           : fmt::format("the image for {}", first),
                               wanted),
                   "give types of one architecture");
    }
  }
}

// EC2 lets machines read tags whose names are a part of a URL's path.
void check_metadata_tags(Mistakes& mistakes, const Settings& settings)
{
  constexpr std::string_view k_signs = "+-=.,_:@";
  const auto fits = [&](char c) {
    return is_alphanumeric(c) || k_signs.find(c) != std::string_view::npos;
  };
  for (const auto& entry : settings.tags) {
    const std::string& key = entry.first;
    const bool path = key == "." || key == ".." || key == "_index";
    if (settings.metadata_tags.value_or(false) && (path || !std::ranges::all_of(key, fits))) {
      mistakes.add(fmt::format("metadata_tags cannot show a tag that is called \"{}\"", key),
                   fmt::format("use letters, digits and {}", k_signs));
    }
  }
}

std::string list(const std::vector<std::string>& things)
{
  return fmt::format("{}", fmt::join(things, ", "));
}

} // namespace

void check_image(Mistakes& mistakes, const Settings& settings, const Facts& facts)
{
  const bool nothing = settings.image_id.empty() && settings.image.empty();
  if (nothing && settings.launch_template_id.empty()) {
    mistakes.add("image_id is not set",
                 "give --image debian-12, --image-id ami-… or --launch-template-id lt-…");
  } else if (nothing && !template_has_image(settings, facts)) {
    mistakes.add(fmt::format("image_id is not set, and launch template {} has no image",
                             settings.launch_template_id),
                 "give --image debian-12 or --image-id ami-…");
  }
  check_image_name(mistakes, settings);
  check_image_id(mistakes, settings.image_id);
  check_profile(mistakes, settings.iam_instance_profile);
  if (facts.image && facts.image->state != "available") {
    mistakes.add(fmt::format("image {} is {}, not available", facts.image->id, facts.image->state),
                 facts.image->state == "pending" ? "wait until it is, or use another"
                                                 : "use another image");
  }
  check_types(mistakes, settings, facts);
}

void check_merging(Mistakes& mistakes, const Settings& settings, const Facts& facts)
{
  if (settings.merge_user_data && facts.looked_into_template && !facts.launch_template) {
    mistakes.add(fmt::format("merge_user_data is set, and launch template {} cannot be read",
                             settings.launch_template_id),
                 "allow ec2:DescribeLaunchTemplateVersions, or leave it out");
  }
  if (settings.merge_user_data && facts.launch_template
      && !can_be_merged(facts.launch_template->user_data)) {
    mistakes.add(fmt::format("merge_user_data: the user data of launch template {} is a MIME "
                             "message that is no UTF-8, of which cloud-init reads nothing",
                             settings.launch_template_id),
                 "give its parts a Content-Transfer-Encoding of base64");
  }
}

void check_ids(Mistakes& mistakes, const Settings& settings)
{
  check_each(mistakes, "subnet_id", settings.subnet_ids, "subnet-");
  check_each(mistakes, "security_group_id", settings.security_group_ids, "sg-");
  for (const std::string& type : settings.instance_types) {
    if (!is_type(type)) {
      mistakes.add(fmt::format("instance_type \"{}\" is no type of machine", type),
                   "it has a family and a size, as in t3.small");
    }
  }
}

void check_placement(Mistakes& mistakes, const Settings& settings)
{
  const std::string& zone = settings.availability_zone;
  if (!zone.empty() && !settings.subnet_ids.empty()) {
    mistakes.add(fmt::format("availability_zone {} and subnet_id are both set", zone),
                 "leave the zone out: a subnet is in one");
  }
  if (!zone.empty() && !settings.region.empty()
      && (!zone.starts_with(settings.region) || zone == settings.region)) {
    mistakes.add(fmt::format("availability_zone {} is not in {}", zone, settings.region),
                 fmt::format("its name begins with the Region's, as in {}a", settings.region));
  }
}

void check_root_volume(Mistakes& mistakes, const Settings& settings, const Facts& facts)
{
  const std::string& type = settings.root_volume_type;
  const auto& iops = settings.root_volume_iops;
  if (settings.root_volume_throughput && !type.empty() && type != "gp3") {
    mistakes.add(fmt::format("root_volume_throughput is for gp3, not for {}", type),
                 "leave it out, or set root_volume_type to gp3");
  }
  if (iops && (type == "gp2" || type == "standard")) {
    mistakes.add(fmt::format("root_volume_iops is for gp3, io1 and io2, not for {}", type),
                 "leave it out, or set root_volume_type to gp3");
  }
  if (iops && type == "gp3" && *iops < k_gp3_least_iops) {
    mistakes.add(
      fmt::format("root_volume_iops is {}, and gp3 has {} at least", *iops, k_gp3_least_iops));
  }
  if (!iops && (type == "io1" || type == "io2")) {
    mistakes.add(fmt::format("root_volume_iops is not set, and {} needs it", type));
  }
  if (!wants_root_volume(settings) || !facts.looked_up) {
    return;
  }
  for (const auto& [name, value] : settings.ec2) {
    if (facts.image && name.ends_with(".DeviceName") && value == facts.image->root_device) {
      mistakes.add(
        fmt::format("ec2 \"{}\" is the root volume {}, which root_volume_… describes", name, value),
        "keep one of the two");
    }
  }
  if (!facts.image || facts.image->root_device.empty()) {
    mistakes.add("root_volume_… is set, and the image has no root volume",
                 "use an image whose root device is a volume");
  } else if (settings.root_volume_size.value_or(facts.image->root_volume_size)
             < facts.image->root_volume_size) {
    mistakes.add(fmt::format("root_volume_size is {} GiB, and image {} needs {}",
                             *settings.root_volume_size, facts.image->id,
                             facts.image->root_volume_size));
  }
}

void check_tags(Mistakes& mistakes, const Settings& settings)
{
  const std::size_t room = k_tag_limit + settings.tags.count("Name"); // which is one of the seven
  if (settings.tags.size() > room) {
    mistakes.add(fmt::format("tags has {} entries, and EC2 leaves room for {} beside ours",
                             settings.tags.size(), room),
                 "leave some out");
  }
  for (const auto& [key, value] : settings.tags) {
    if (key.empty() || letters(key) > k_tag_key_limit || to_lower(key).starts_with("aws:")) {
      mistakes.add(fmt::format("tags \"{}\" has a name that EC2 does not take", key),
                   "1 to 128 characters, not beginning with aws:");
    }
    if (key.starts_with("flame-ec2:")) {
      mistakes.add(fmt::format("tags \"{}\" is one of ours", key),
                   "names that begin with flame-ec2: say which machines may be ended");
    }
    if (letters(value) > k_tag_value_limit) {
      mistakes.add(fmt::format("tags \"{}\" has a value of {} characters, and EC2 takes {}", key,
                               letters(value), k_tag_value_limit));
    }
  }
  check_metadata_tags(mistakes, settings);
}

std::vector<std::string> notices_of(const Settings& settings, const Facts& facts)
{
  std::vector<std::string> notices;
  const bool has_template = !settings.launch_template_id.empty();
  if (!template_has_type(settings, facts) && settings.instance_types.empty()) {
    notices.push_back(
      fmt::format("no instance_type is set; taking {}", default_instance_type(facts)));
  }
  if (!has_template && settings.subnet_ids.empty()) {
    notices.emplace_back("no subnet_id is set; EC2 takes a subnet of the default VPC");
  }
  if (!has_template && settings.security_group_ids.empty()) {
    notices.emplace_back("no security_group_id is set; EC2 takes the VPC's default group");
  }
  if (const auto wanted = lookups_of(settings); !facts.looked_up && !wanted.empty()) {
    notices.push_back(fmt::format("a boot would first look up {}", list(wanted)));
  }
  return notices;
}

std::vector<std::string> warnings_of(const Settings& settings, const Facts& facts)
{
  std::vector<std::string> warnings;
  const std::string& id = settings.launch_template_id;
  const std::string& image = settings.image.empty() ? settings.image_id : settings.image;
  if (!image.empty() && template_has_image(settings, facts)) {
    warnings.push_back(fmt::format("launch template {} wins over image {}", id, image));
  }
  if (id.empty() && !settings.launch_template_version.empty()) {
    warnings.emplace_back("launch_template_version does nothing without launch_template_id");
  }
  if (facts.launch_template && !facts.launch_template->user_data.empty()
      && !settings.merge_user_data) {
    warnings.push_back(fmt::format("the user data of launch template {} is replaced by the script "
                                   "that runs the release",
                                   id));
  }
  if (settings.merge_user_data && id.empty()) {
    warnings.emplace_back("merge_user_data does nothing without launch_template_id");
  }
  return warnings;
}

} // namespace flame::boot
