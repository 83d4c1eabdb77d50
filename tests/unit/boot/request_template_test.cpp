#include "unit/boot/sent.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::boot;
using namespace flame::boot::tests;
using config::Settings;

namespace {

constexpr const char* k_device = "BlockDeviceMapping.1.DeviceName";
constexpr const char* k_delete = "BlockDeviceMapping.1.Ebs.DeleteOnTermination";

} // namespace

TEST_CASE("boot: a launch template gets only what the user set, and what is always sent")
{
  Settings settings = least();
  settings.image_id = "";
  settings.instance_types = {};
  settings.launch_template_id = "lt-1";
  const Map sent =
    launch(settings, facts_with({.image_id = "ami-7", .instance_type = "c7i.large"}));
  Map others = sent;
  std::erase_if(others, [](const auto& entry) { return entry.first.starts_with("TagSpec"); });
  CHECK(others
        == Map{{"ClientToken", "token"},
               {"DisableApiTermination", "false"},
               {"InstanceInitiatedShutdownBehavior", "terminate"},
               {"LaunchTemplate.LaunchTemplateId", "lt-1"},
               {"LaunchTemplate.Version", "$Default"},
               {"MaxCount", "1"},
               {"MetadataOptions.HttpTokens", "required"},
               {"MinCount", "1"},
               {"UserData", "IyEvYmluL3NoCg=="}});
}

namespace {

// What is sent beside the template's id, with `set` on top of nothing.
Map sent_beside(aws::LaunchTemplate found, const std::function<void(Settings&)>& set)
{
  Settings settings = least();
  settings.image_id = "";
  settings.instance_types = {};
  settings.launch_template_id = "lt-1";
  found.image_id = found.image_id.empty() ? "ami-1" : found.image_id;
  found.instance_type = "c7i.large";
  const Map bare = launch(settings, facts_with({.image_id = "ami-1", .instance_type = "x"}));
  set(settings);
  return more(launch(settings, facts_with(std::move(found))), bare);
}

std::string mistake_beside(aws::LaunchTemplate found, const std::function<void(Settings&)>& set)
{
  found.image_id = "ami-1";
  return mistake_of(
    [&](Settings& settings) {
      settings.image_id = "";
      settings.launch_template_id = "lt-1";
      set(settings);
    },
    facts_with(std::move(found)));
}

const aws::Params k_interface = {{"DeviceIndex", "0"},
                                 {"SubnetId", "subnet-t"},
                                 {"SecurityGroupId.1", "sg-t"},
                                 {"SecurityGroupId.2", "sg-u"},
                                 {"AssociatePublicIpAddress", "true"},
                                 {"Description", "of the template"}};

} // namespace

TEST_CASE("boot: a template's interfaces and our subnet or groups meet in one interface")
{
  const aws::LaunchTemplate found{.interfaces = {k_interface}};
  CHECK(sent_beside(found, [](Settings&) {}).empty());
  CHECK(sent_beside(found, [](Settings& s) { s.key_name = "me"; }) == Map{{"KeyName", "me"}});
  CHECK(sent_beside(found, [](Settings& s) { s.subnet_ids = {"subnet-1"}; })
        == Map{{"NetworkInterface.1.DeviceIndex", "0"},
               {"NetworkInterface.1.SubnetId", "subnet-1"},
               {"NetworkInterface.1.SecurityGroupId.1", "sg-t"},
               {"NetworkInterface.1.SecurityGroupId.2", "sg-u"},
               {"NetworkInterface.1.AssociatePublicIpAddress", "true"},
               {"NetworkInterface.1.Description", "of the template"}});
  CHECK(sent_beside(found,
                    [](Settings& s) {
                      s.security_group_ids = {"sg-1"};
                      s.public_ip = false;
                      s.ec2 = {{"NetworkInterface.1.Description", "mine"}};
                    })
        == Map{{"NetworkInterface.1.DeviceIndex", "0"},
               {"NetworkInterface.1.SubnetId", "subnet-t"},
               {"NetworkInterface.1.SecurityGroupId.1", "sg-1"},
               {"NetworkInterface.1.AssociatePublicIpAddress", "false"},
               {"NetworkInterface.1.Description", "mine"}});
}

TEST_CASE("boot: a template without interfaces leaves subnet and groups where they are")
{
  CHECK(sent_beside({.security_groups = {"sg-t"}},
                    [](Settings& s) {
                      s.subnet_ids = {"subnet-1"};
                      s.security_group_ids = {"sg-1"};
                    })
        == Map{{"SubnetId", "subnet-1"}, {"SecurityGroupId.1", "sg-1"}});
}

TEST_CASE("boot: what EC2 refuses beside a template is refused before")
{
  CHECK(mistake_beside({.security_groups = {"sg-t"}}, [](Settings& s) { s.public_ip = true; })
        == "public_ip needs a network interface, and launch template lt-1 has its security groups "
           "beside interfaces: EC2 refuses both together");
  CHECK(mistake_beside({.interfaces = {k_interface, {{"DeviceIndex", "1"}}}},
                       [](Settings& s) { s.public_ip = false; })
        == "public_ip is for machines with one network interface, and launch template lt-1 has 2");
  CHECK(mistake_beside({.interfaces = {{{"DeviceIndex", "0"}, {"NetworkInterfaceId", "eni-1"}}}},
                       [](Settings& s) { s.subnet_ids = {"subnet-1"}; })
        == "subnet_id cannot be set: launch template lt-1 attaches the network interface eni-1, "
           "which has its own");
}

TEST_CASE("boot: the template's other metadata options stand beside ours")
{
  const aws::LaunchTemplate found{.metadata_options = {{"HttpTokens", "optional"},
                                                       {"HttpEndpoint", "disabled"},
                                                       {"HttpPutResponseHopLimit", "5"},
                                                       {"InstanceMetadataTags", "enabled"}}};
  // The tokens that it calls optional stay required, and the machine reads its script there.
  CHECK(sent_beside(found, [](Settings&) {})
        == Map{{"MetadataOptions.HttpEndpoint", "enabled"},
               {"MetadataOptions.HttpPutResponseHopLimit", "5"},
               {"MetadataOptions.InstanceMetadataTags", "enabled"}});
  CHECK(sent_beside(found,
                    [](Settings& s) {
                      s.metadata_hop_limit = 1;
                      s.metadata_tags = false;
                    })
        == Map{{"MetadataOptions.HttpEndpoint", "enabled"},
               {"MetadataOptions.HttpPutResponseHopLimit", "1"},
               {"MetadataOptions.InstanceMetadataTags", "disabled"}});
}

TEST_CASE("boot: the template's own words about the root volume are kept, those about others left")
{
  const aws::LaunchTemplate found{
    .block_devices = {{{"DeviceName", "/dev/sdf"}, {"Ebs.VolumeSize", "500"}},
                      {{"DeviceName", "/dev/xvda"},
                       {"Ebs.VolumeSize", "20"},
                       {"Ebs.VolumeType", "io2"},
                       {"Ebs.Iops", "900"},
                       {"Ebs.Encrypted", "true"},
                       {"Ebs.DeleteOnTermination", "false"}}}};
  CHECK(sent_beside(found, [](Settings& s) { s.root_volume_size = 30; })
        == Map{{k_device, "/dev/xvda"},
               {k_delete, "true"},
               {"BlockDeviceMapping.1.Ebs.VolumeSize", "30"},
               {"BlockDeviceMapping.1.Ebs.VolumeType", "io2"},
               {"BlockDeviceMapping.1.Ebs.Iops", "900"},
               {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}});
  CHECK(sent_beside(found, [](Settings& s) { s.root_volume_type = "gp3"; })
        == Map{{k_device, "/dev/xvda"},
               {k_delete, "true"},
               {"BlockDeviceMapping.1.Ebs.VolumeSize", "20"},
               {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
               {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}});
}

TEST_CASE("boot: merge_user_data keeps the template's own, and says when it cannot")
{
  Settings settings = least();
  settings.merge_user_data = true;
  CHECK(make_plan(settings, facts_with({}))->warnings
        == std::vector<std::string>{"merge_user_data does nothing without launch_template_id"});
  settings.launch_template_id = "web";
  settings.image_id.clear();
  const auto plan =
    make_plan(settings, facts_with({.image_id = "ami-7", .user_data = "#!/bin/sh\n"}));
  REQUIRE(plan);
  CHECK(plan->warnings.empty());
  CHECK(plan->runner.other_user_data == "#!/bin/sh\n");
  Facts unread = facts_with({});
  unread.looked_into_template = true;
  unread.launch_template = std::nullopt;
  const auto refused = make_plan(settings, unread);
  REQUIRE(!refused);
  CHECK(refused.error().message
        == "merge_user_data is set, and launch template web cannot be read");
  const auto latin = make_plan(
    settings, facts_with({.image_id = "ami-7", .user_data = "MIME-Version: 1.0\n\n\xE9"}));
  REQUIRE(!latin);
  CHECK(latin.error().kind == ErrorKind::config);
}

TEST_CASE("boot: template and image, template and user data: who wins is said")
{
  Settings settings = least();
  settings.launch_template_id = "web";
  const auto warnings = [&](aws::LaunchTemplate found) {
    const auto plan = make_plan(settings, facts_with(std::move(found)));
    REQUIRE(plan);
    return plan->warnings;
  };
  using Lines = std::vector<std::string>;
  CHECK(warnings({.image_id = "ami-7"}) == Lines{"launch template web wins over image ami-1"});
  CHECK(warnings({.user_data = "#!/bin/sh\n"})
        == Lines{"the user data of launch template web is replaced by the script that runs the "
                 "release"});
  // An image that the template leaves open is the user's to give, and so is the type.
  settings.instance_types.clear();
  Map sent = launch(settings, facts_with({}));
  CHECK(sent["ImageId"] == "ami-1");
  CHECK(sent["InstanceType"] == "t3.nano");
  CHECK(mistake_of(
          [](Settings& open) {
            open.image_id = "";
            open.launch_template_id = "web";
          },
          facts_with({}))
        == "image_id is not set, and launch template web has no image");
}
