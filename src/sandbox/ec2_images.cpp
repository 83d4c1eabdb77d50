#include "sandbox/ec2.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

namespace flame::sandbox {
namespace {

void write_image(Xml& xml, const Image& image)
{
  xml.open("item").text("imageId", image.id).text("imageState", image.state);
  xml.text("imageOwnerId", k_account).text("isPublic", "true");
  xml.text("architecture", image.architecture).text("imageType", "machine");
  xml.text("name", image.about).text("rootDeviceType", "ebs");
  xml.text("rootDeviceName", image.root_device);
  xml.open("blockDeviceMapping").open("item").text("deviceName", image.root_device).open("ebs");
  xml.text("deleteOnTermination", "true").text("snapshotId", "snap-0123456789abcdef0");
  xml.text("volumeSize", fmt::format("{}", image.root_size)).text("volumeType", "gp3");
  xml.text("encrypted", "false").close("ebs").close("item").close("blockDeviceMapping");
  xml.text("virtualizationType", "hvm").text("hypervisor", "xen");
  xml.text("imdsSupport", "v2.0").close("item");
}

} // namespace

Ec2Result<const Image*> image_named(const std::string& id)
{
  if (!is_id(id, "ami-")) {
    return refuse("InvalidAMIID.Malformed",
                  fmt::format(R"(Invalid id: "{}" (expecting "ami-..."))", id));
  }
  const Image* image = find_image(id);
  if (image == nullptr) {
    return refuse("InvalidAMIID.NotFound", fmt::format("The image id '[{}]' does not exist", id));
  }
  return image;
}

Ec2Result<std::string> describe_images(const Ec2Call& call)
{
  if (has_any(call.params, "Filter.")) {
    return refuse("InvalidParameterValue", "The sandbox has no filters for images");
  }
  std::vector<const Image*> found;
  for (const std::string& id : get_list(call.params, "ImageId")) {
    const auto image = image_named(id);
    if (!image) {
      return tl::unexpected(image.error());
    }
    found.push_back(*image);
  }
  if (!has_any(call.params, "ImageId.")) {
    for (const Image& image : images()) {
      found.push_back(&image);
    }
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  Xml xml;
  xml.open("DescribeImagesResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).open("imagesSet");
  for (const Image* image : found) {
    write_image(xml, *image);
  }
  return xml.close("imagesSet").close("DescribeImagesResponse").take();
}

} // namespace flame::sandbox
