#include "sandbox/ec2.hpp"
#include "sandbox/ssm.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

// RunInstances' image and disks.
namespace flame::sandbox {
namespace {

constexpr std::string_view k_resolve = "resolve:ssm:";

tl::unexpected<Ec2Error> bad_mix(std::string message)
{
  return refuse("InvalidParameterCombination", std::move(message));
}

// What EC2 says of a disk by itself.
Ec2Result<void> check_disk(const Params& params, const std::string& prefix, const Image& image)
{
  const std::string type = get(params, prefix + "Ebs.VolumeType", "gp3");
  const bool iops = params.contains(prefix + "Ebs.Iops");
  if (iops && (type == "gp2" || type == "standard")) {
    return bad_mix(fmt::format("The parameter iops is not supported for {} volumes.", type));
  }
  if (!iops && (type == "io1" || type == "io2")) {
    return refuse("MissingParameter",
                  fmt::format("The parameter iops must be specified for {} volumes.", type));
  }
  if (type != "gp3" && params.contains(prefix + "Ebs.Throughput")) {
    return bad_mix(fmt::format("The parameter throughput is not supported for {} volumes.", type));
  }
  if (params.contains(prefix + "Ebs.KmsKeyId") && get(params, prefix + "Ebs.Encrypted") != "true") {
    return refuse("InvalidParameterDependency",
                  "The parameter KmsKeyId requires the parameter Encrypted to be set.");
  }
  const bool root = get(params, prefix + "DeviceName") == image.root_device;
  const auto size = get_int(params, prefix + "Ebs.VolumeSize", root ? image.root_size : 1);
  if (size && root && *size < image.root_size) {
    return refuse("InvalidBlockDeviceMapping",
                  fmt::format("Volume of size {}GB is smaller than snapshot "
                              "'snap-0123456789abcdef0', expect size>= {}GB",
                              *size, image.root_size));
  }
  return size ? Ec2Result<void>() : tl::unexpected(size.error());
}

} // namespace

Ec2Result<void> take_image(const Params& params, Launch& launch)
{
  std::string id = get(params, "ImageId");
  if (id.empty()) {
    return refuse("MissingParameter", "The request must contain the parameter ImageId");
  }
  if (id.starts_with(k_resolve)) {
    const auto value = parameter_value(id.substr(k_resolve.size()));
    if (!value) {
      return refuse("InvalidParameterValue",
                    fmt::format("The parameter {} cannot be resolved", id));
    }
    id = *value;
  }
  const auto image = image_named(id);
  if (!image) {
    return tl::unexpected(image.error());
  }
  if ((*image)->state != "available") {
    return refuse("InvalidAMIID.Unavailable",
                  fmt::format("The image ID '{}' is not available", id));
  }
  launch.image_id = id;
  launch.architecture = (*image)->architecture;
  return {};
}

Ec2Result<void> take_disks(const Params& params, Launch& launch)
{
  const Image& image = *find_image(launch.image_id);
  launch.disks[std::string(image.root_device)] = fmt::format("{}", image.root_size);
  for (const std::string& index : indices(params, "BlockDeviceMapping")) {
    const std::string prefix = fmt::format("BlockDeviceMapping.{}.", index);
    const std::string device = get(params, prefix + "DeviceName");
    if (device.empty()) {
      return refuse("MissingParameter", "The request must contain the parameter deviceName");
    }
    if (auto sound = check_disk(params, prefix, image); !sound) {
      return sound;
    }
    std::string& size = launch.disks[device]; // another name is another disk, and nobody says so
    if (std::string asked = get(params, prefix + "Ebs.VolumeSize"); !asked.empty()) {
      size = std::move(asked);
    }
  }
  return {};
}

} // namespace flame::sandbox
