#include "boot/image.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::boot;
using config::Settings;

namespace {

const Facts k_seen = {
  .looked_up = true,
  .image = aws::Image{.architecture = "arm64", .root_device = "/dev/xvda", .root_volume_size = 8}};

Facts with_template(std::vector<aws::Params> block_devices)
{
  Facts facts = k_seen;
  facts.launch_template = aws::LaunchTemplate{.block_devices = std::move(block_devices)};
  return facts;
}

} // namespace

TEST_CASE("boot::root_volume_size: the setting, else the template, else the image")
{
  const Settings templated = {.launch_template_id = "lt-1"};
  CHECK(root_volume_size({}, {}) == 0);
  CHECK(root_volume_size({}, k_seen) == 8);
  CHECK(root_volume_size({.root_volume_size = 20}, k_seen) == 20);
  CHECK(root_volume_size({.root_volume_size = 20}, {}) == 20);
  CHECK(root_volume_size(templated, with_template({})) == 8);
  CHECK(root_volume_size(templated,
                         with_template({{{"DeviceName", "/dev/sdb"}, {"Ebs.VolumeSize", "500"}}}))
        == 8);
  CHECK(root_volume_size(templated,
                         with_template({{{"DeviceName", "/dev/xvda"}, {"Ebs.VolumeSize", "30"}}}))
        == 30);
  CHECK(root_volume_size(templated,
                         with_template({{{"DeviceName", "/dev/xvda"}, {"Ebs.VolumeType", "gp3"}}}))
        == 8);
}

TEST_CASE("boot::root_volume_size is not known where something unseen may say it")
{
  CHECK(root_volume_size({.launch_template_id = "lt-1"}, k_seen) == 0); // no right to look into it
  CHECK(root_volume_size({.ec2 = {{"BlockDeviceMapping.1.Ebs.VolumeSize", "90"}}}, k_seen) == 0);
}

TEST_CASE("boot::architecture_of: the image's, else that of the type")
{
  const auto plan = [](const std::string& type) {
    return Plan{.candidates = {{.instance_type = type}}};
  };
  CHECK(architecture_of(plan("t4g.nano"), {}) == "arm64");
  CHECK(architecture_of(plan("t3.nano"), {}) == "x86_64");
  CHECK(architecture_of(plan("t3.nano"), k_seen) == "arm64");
  CHECK(architecture_of(plan(""), {}).empty()); // a template has it
}
