#include "aws/ec2_answer.hpp"
#include "aws/ec2_query.hpp"
#include "aws/ec2_xml.hpp"
#include "aws/xml.hpp"
#include "base/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

// Images and launch templates: what a machine is made from.
namespace flame::aws {
namespace {

int number_of(const std::string& text) // 0 for what is none
{
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Image image_of(pugi::xml_node item)
{
  Image image{.id = text_at(item, "imageId"),
              .state = text_at(item, "imageState"),
              .architecture = text_at(item, "architecture"),
              .root_device = text_at(item, "rootDeviceName")};
  for (const pugi::xml_node device : item.child("blockDeviceMapping").children("item")) {
    if (text_at(device, "deviceName") == image.root_device) {
      image.root_volume_size = number_of(text_at(device, "ebs/volumeSize"));
    }
  }
  return image;
}

// "volumeSize" to "VolumeSize", "privateIpAddressesSet" to "PrivateIpAddresses".
std::string request_name(std::string name)
{
  constexpr std::string_view k_set = "Set";
  name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
  return name.ends_with(k_set) ? name.substr(0, name.size() - k_set.size()) : name;
}

bool is_leaf(pugi::xml_node element)
{
  const auto children = element.children();
  return std::ranges::none_of(
    children, [](pugi::xml_node child) { return child.type() == pugi::node_element; });
}

// Puts what an answer says into the names of a request. `whole` and `prefix` are the request's
// names so far, with and without what stands above the structure; names that RunInstances does not
// know are left out.
void add(Params& params, pugi::xml_node element, const std::string& whole,
         const std::string& prefix)
{
  std::size_t place = 0;
  for (const pugi::xml_node child : element.children()) {
    if (child.type() != pugi::node_element) {
      continue;
    }
    const std::string_view own = child.name();
    // Groups of an interface are the one list whose names differ.
    const std::string name = own == "groupSet"                   ? "SecurityGroupId"
                             : own == "item" || own == "groupId" ? fmt::format("{}", ++place)
                                                                 : request_name(child.name());
    if (!is_leaf(child)) {
      add(params, child, fmt::format("{}{}.", whole, name), fmt::format("{}{}.", prefix, name));
    } else if (is_known_parameter("RunInstances", whole + name)) {
      params.emplace_back(prefix + name, text_of(child));
    }
  }
}

Params params_of(pugi::xml_node element, const std::string& whole)
{
  Params params;
  add(params, element, whole, "");
  return params;
}

LaunchTemplate template_of(pugi::xml_node item)
{
  const pugi::xml_node data = item.child("launchTemplateData");
  LaunchTemplate found{
    .id = text_at(item, "launchTemplateId"),
    .version = text_at(item, "versionNumber"),
    .image_id = text_at(data, "imageId"),
    .instance_type = text_at(data, "instanceType"),
    .market = text_at(data, "instanceMarketOptions/marketType"),
    .spot_options = params_of(data.child("instanceMarketOptions").child("spotOptions"),
                              "InstanceMarketOptions.SpotOptions."),
    .key_name = text_at(data, "keyName"),
    .instance_profile = text_at(data, "iamInstanceProfile/arn"),
    .availability_zone = text_at(data, "placement/availabilityZone"),
    .user_data = from_base64(text_at(data, "userData")).value_or(""),
    .metadata_options = params_of(data.child("metadataOptions"), "MetadataOptions.")};
  if (found.instance_profile.empty()) {
    found.instance_profile = text_at(data, "iamInstanceProfile/name");
  }
  if (found.availability_zone.empty()) {
    found.availability_zone = text_at(data, "placement/availabilityZoneId");
  }
  for (const char* set : {"securityGroupIdSet", "securityGroupSet"}) {
    for (const pugi::xml_node group : data.child(set).children("item")) {
      found.security_groups.push_back(text_of(group));
    }
  }
  for (const pugi::xml_node network : data.child("networkInterfaceSet").children("item")) {
    found.interfaces.push_back(params_of(network, "NetworkInterface.1."));
  }
  for (const pugi::xml_node device : data.child("blockDeviceMappingSet").children("item")) {
    found.block_devices.push_back(params_of(device, "BlockDeviceMapping.1."));
  }
  return found;
}

} // namespace

Outcome<std::vector<Image>> parse_describe_images(std::string_view xml)
{
  constexpr std::string_view action = "DescribeImages";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<Image> images;
  const pugi::xml_node set = document->document_element().child("imagesSet");
  for (const pugi::xml_node item : set.children("item")) {
    images.push_back(image_of(item));
  }
  return images;
}

Outcome<std::vector<LaunchTemplate>> parse_launch_template_versions(std::string_view xml)
{
  constexpr std::string_view action = "DescribeLaunchTemplateVersions";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<LaunchTemplate> versions;
  const pugi::xml_node set = document->document_element().child("launchTemplateVersionSet");
  for (const pugi::xml_node item : set.children("item")) {
    versions.push_back(template_of(item));
  }
  return versions;
}

} // namespace flame::aws
