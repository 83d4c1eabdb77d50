#include "boot/plan.hpp"
#include "boot/request.hpp"
#include "config/options.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>

using namespace flame;
using namespace flame::boot;
using config::Settings;
using test::value_of;

// What RunInstances is sent for each setting, by name and value.
namespace {

using Map = std::map<std::string, std::string>;

Settings least()
{
  return {.region = "eu-west-1",
          .app = "shop",
          .bundle = "s3://releases/shop.tar.gz",
          .image_id = "ami-1",
          .instance_types = {"t3.small"},
          .max_lifetime = config::Lifetime{std::chrono::hours(1)}};
}

// As for an image that was looked at.
Facts facts()
{
  return {.now = *parse_iso8601("2026-01-15T08:15:30Z"),
          .random_run_id = "r-1",
          .nonce = "n0nce",
          .looked_up = true,
          .image = aws::Image{.id = "ami-1",
                              .state = "available",
                              .architecture = "x86_64",
                              .root_device = "/dev/xvda",
                              .root_volume_size = 8}};
}

Facts facts_with(aws::LaunchTemplate found)
{
  Facts known = facts();
  known.launch_template = std::move(found);
  return known;
}

Map launch(const Settings& settings, const Facts& known)
{
  const auto plan = make_plan(settings, known);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  const aws::Params params =
    launch_parameters(*plan, plan->candidates.front(), "#!/bin/sh\n", "token");
  Map map;
  for (const auto& [name, value] : params) {
    CAPTURE(name);
    CHECK(aws::is_known_parameter("RunInstances", name));
    CHECK(map.emplace(name, value).second);
  }
  return map;
}

// What is sent beyond, or otherwise than for `than`.
Map more(const Map& sent, const Map& than)
{
  Map found;
  std::ranges::set_difference(sent, than, std::inserter(found, found.end()));
  return found;
}

Map sent_for(const std::function<void(Settings&)>& set, const Facts& known = facts())
{
  Settings settings = least();
  set(settings);
  return more(launch(settings, known), launch(least(), facts()));
}

std::string mistake_of(const std::function<void(Settings&)>& set, const Facts& known = facts())
{
  Settings settings = least();
  set(settings);
  const auto plan = make_plan(settings, known);
  REQUIRE(!plan);
  CHECK(plan.error().kind == ErrorKind::config);
  CHECK(plan.error().also.empty());
  return plan.error().message;
}

struct Row {
  const char* what = "";
  std::function<void(Settings&)> set = {};
  Map sent = {};
};

constexpr const char* k_device = "BlockDeviceMapping.1.DeviceName";
constexpr const char* k_delete = "BlockDeviceMapping.1.Ebs.DeleteOnTermination";

} // namespace

TEST_CASE("boot: each setting of the machine is sent as EC2 names it")
{
  const std::vector<Row> rows = {
    {"nothing", [](Settings&) {}, {}},
    {"image id", [](Settings& s) { s.image_id = "ami-2"; }, {{"ImageId", "ami-2"}}},
    {"type",
     [](Settings& s) { s.instance_types = {"m7i.large"}; },
     {{"InstanceType", "m7i.large"}}},
    {"key", [](Settings& s) { s.key_name = "me"; }, {{"KeyName", "me"}}},
    {"profile by name",
     [](Settings& s) { s.iam_instance_profile = "runner"; },
     {{"IamInstanceProfile.Name", "runner"}}},
    {"profile by ARN",
     [](Settings& s) { s.iam_instance_profile = "arn:aws:iam::1:instance-profile/runner"; },
     {{"IamInstanceProfile.Arn", "arn:aws:iam::1:instance-profile/runner"}}},
    {"subnet and groups",
     [](Settings& s) {
       s.subnet_ids = {"subnet-1", "subnet-2"};
       s.security_group_ids = {"sg-1", "sg-2"};
     },
     {{"SubnetId", "subnet-1"}, {"SecurityGroupId.1", "sg-1"}, {"SecurityGroupId.2", "sg-2"}}},
    {"public address",
     [](Settings& s) { s.public_ip = true; },
     {{"NetworkInterface.1.DeviceIndex", "0"},
      {"NetworkInterface.1.AssociatePublicIpAddress", "true"}}},
    {"no public address: subnet and groups move into the interface",
     [](Settings& s) {
       s.public_ip = false;
       s.subnet_ids = {"subnet-1"};
       s.security_group_ids = {"sg-1", "sg-2"};
     },
     {{"NetworkInterface.1.DeviceIndex", "0"},
      {"NetworkInterface.1.SubnetId", "subnet-1"},
      {"NetworkInterface.1.SecurityGroupId.1", "sg-1"},
      {"NetworkInterface.1.SecurityGroupId.2", "sg-2"},
      {"NetworkInterface.1.AssociatePublicIpAddress", "false"}}},
    {"hop limit",
     [](Settings& s) { s.metadata_hop_limit = 3; },
     {{"MetadataOptions.HttpPutResponseHopLimit", "3"}}},
    {"metadata tags",
     [](Settings& s) { s.metadata_tags = true; },
     {{"MetadataOptions.InstanceMetadataTags", "enabled"}}},
    {"no metadata tags",
     [](Settings& s) { s.metadata_tags = false; },
     {{"MetadataOptions.InstanceMetadataTags", "disabled"}}},
    {"root volume",
     [](Settings& s) {
       s.root_volume_size = 30;
       s.root_volume_type = "gp3";
       s.root_volume_iops = 4000;
       s.root_volume_throughput = 250;
       s.root_volume_encrypted = true;
     },
     {{k_device, "/dev/xvda"},
      {k_delete, "true"},
      {"BlockDeviceMapping.1.Ebs.VolumeSize", "30"},
      {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
      {"BlockDeviceMapping.1.Ebs.Iops", "4000"},
      {"BlockDeviceMapping.1.Ebs.Throughput", "250"},
      {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}}},
    {"a key of its own encrypts",
     [](Settings& s) { s.root_volume_kms_key = "alias/disks"; },
     {{k_device, "/dev/xvda"},
      {k_delete, "true"},
      {"BlockDeviceMapping.1.Ebs.Encrypted", "true"},
      {"BlockDeviceMapping.1.Ebs.KmsKeyId", "alias/disks"}}},
    {"raw parameters",
     [](Settings& s) {
       s.ec2 = {{"Placement.PartitionNumber", "3"}, {"EnclaveOptions.Enabled", "true"}};
     },
     {{"Placement.PartitionNumber", "3"}, {"EnclaveOptions.Enabled", "true"}}},
    {"placement",
     [](Settings& s) {
       s.placement_group = "tight";
       s.tenancy = "dedicated";
       s.availability_zone = "eu-west-1b";
     },
     {{"Placement.GroupName", "tight"},
      {"Placement.Tenancy", "dedicated"},
      {"Placement.AvailabilityZone", "eu-west-1b"}}},
    {"processor",
     [](Settings& s) {
       s.cpu_credits = "unlimited";
       s.cpu_cores = 4;
       s.threads_per_core = 1;
     },
     {{"CreditSpecification.CpuCredits", "unlimited"},
      {"CpuOptions.CoreCount", "4"},
      {"CpuOptions.ThreadsPerCore", "1"}}},
    {"a capacity reservation",
     [](Settings& s) { s.capacity_reservation = "cr-1"; },
     {{"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
       "cr-1"}}},
    {"a group of reservations",
     [](Settings& s) { s.capacity_reservation = "arn:aws:x:y"; },
     {{"CapacityReservationSpecification.CapacityReservationTarget."
       "CapacityReservationResourceGroupArn",
       "arn:aws:x:y"}}},
    {"no reservation",
     [](Settings& s) { s.capacity_reservation = "none"; },
     {{"CapacityReservationSpecification.CapacityReservationPreference", "none"}}},
    {"nothing but reservations",
     [](Settings& s) { s.capacity_reservation = "only"; },
     {{"CapacityReservationSpecification.CapacityReservationPreference",
       "capacity-reservations-only"}}},
    {"private names",
     [](Settings& s) {
       s.private_dns_hostname = "resource-name";
       s.private_dns_a = true;
       s.private_dns_aaaa = false;
     },
     {{"PrivateDnsNameOptions.HostnameType", "resource-name"},
      {"PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"},
      {"PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord", "false"}}},
    {"a root volume that is filled at once",
     [](Settings& s) { s.root_volume_initialization_rate = 300; },
     {{k_device, "/dev/xvda"},
      {k_delete, "true"},
      {"BlockDeviceMapping.1.Ebs.VolumeInitializationRate", "300"}}},
    {"a raw interface takes subnet and groups in",
     [](Settings& s) {
       s.ec2 = {{"NetworkInterface.1.Ipv6AddressCount", "1"}};
       s.subnet_ids = {"subnet-1"};
     },
     {{"NetworkInterface.1.DeviceIndex", "0"},
      {"NetworkInterface.1.Ipv6AddressCount", "1"},
      {"NetworkInterface.1.SubnetId", "subnet-1"}}},
    {"a raw disk stands beside the root volume",
     [](Settings& s) {
       s.ec2 = {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                {"BlockDeviceMapping.1.Ebs.VolumeSize", "100"}};
       s.root_volume_size = 30;
     },
     {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
      {"BlockDeviceMapping.1.Ebs.VolumeSize", "100"},
      {"BlockDeviceMapping.2.DeviceName", "/dev/xvda"},
      {"BlockDeviceMapping.2.Ebs.DeleteOnTermination", "true"},
      {"BlockDeviceMapping.2.Ebs.VolumeSize", "30"}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(sent_for(row.set) == row.sent);
  }
}

TEST_CASE("boot: tags are on the machine, its volumes and its interfaces")
{
  const Map sent = sent_for([](Settings& s) { s.tags = {{"team", "blue"}}; });
  std::size_t blue = 0;
  for (const auto& [name, value] : sent) {
    blue += value == "blue" ? 1 : 0;
    CHECK(name.starts_with("TagSpecification."));
  }
  CHECK(blue == 3);
}

TEST_CASE("boot: a name stands for a parameter that EC2 can resolve, by the type's architecture")
{
  const auto image_for = [](const char* name, std::vector<std::string> types) {
    Facts nothing = facts();
    nothing.image.reset();
    return launch(
      [&] {
        Settings settings = least();
        settings.image_id = "";
        settings.image = name;
        settings.instance_types = std::move(types);
        return settings;
      }(),
      nothing)["ImageId"];
  };
  CHECK(image_for("al2023", {})
        == "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
  CHECK(image_for("debian-12", {"t3.small"})
        == "resolve:ssm:/aws/service/debian/release/12/latest/amd64");
  CHECK(image_for("debian-13", {"m7g.large", "c7gn.large"})
        == "resolve:ssm:/aws/service/debian/release/13/latest/arm64");
  CHECK(
    image_for("ubuntu-22.04", {"t3.small"})
    == "resolve:ssm:/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/"
       "ami-id");
  Facts found = facts();
  found.image_id = "ami-9";
  CHECK(sent_for([](Settings& s) { s.image = "debian-12", s.image_id = ""; }, found)
        == Map{{"ImageId", "ami-9"}});
}

TEST_CASE("boot: the image decides the type that nobody named")
{
  const auto type = [](const std::string& architecture) {
    Facts known = facts();
    known.image->architecture = architecture;
    Settings settings = least();
    settings.instance_types.clear();
    const auto plan = make_plan(settings, known);
    REQUIRE(plan);
    const std::string taken = plan->candidates.front().instance_type;
    CHECK(plan->notices.front() == "no instance_type is set; taking " + taken);
    return taken;
  };
  CHECK(type("x86_64") == "t3.nano");
  CHECK(type("arm64") == "t4g.nano");
}

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

TEST_CASE("boot: what cannot be is a mistake with its reason")
{
  const std::vector<std::pair<std::function<void(Settings&)>, std::string>> rows = {
    {[](Settings& s) { s.image = "debian-12"; },
     "image \"debian-12\" and image_id \"ami-1\" are both set"},
    {[](Settings& s) { s.image = "debian12", s.image_id = ""; },
     "image \"debian12\" is no name of a public image"},
    {[](Settings& s) { s.image_id = "resolve:ssm:"; }, "image_id \"resolve:ssm:\" is no image id"},
    {[](Settings& s) { s.instance_types = {"t4g.nano"}; },
     "instance_type t4g.nano is arm64, and image ami-1 is for x86_64"},
    {[](Settings& s) { s.root_volume_size = 4; },
     "root_volume_size is 4 GiB, and image ami-1 needs 8"},
    {[](Settings& s) { s.root_volume_type = "gp2", s.root_volume_throughput = 200; },
     "root_volume_throughput is for gp3, not for gp2"},
    {[](Settings& s) { s.root_volume_type = "gp2", s.root_volume_iops = 200; },
     "root_volume_iops is for gp3, io1 and io2, not for gp2"},
    {[](Settings& s) { s.root_volume_type = "gp3", s.root_volume_iops = 200; },
     "root_volume_iops is 200, and gp3 has 3000 at least"},
    {[](Settings& s) { s.root_volume_type = "io2"; },
     "root_volume_iops is not set, and io2 needs it"},
    {[](Settings& s) {
       s.metadata_tags = true, s.tags = {{"a/b", "x"}};
     },
     "metadata_tags cannot show a tag that is called \"a/b\""},
  };
  for (const auto& [set, message] : rows) {
    CHECK(mistake_of(set) == message);
  }
  Facts pending = facts();
  pending.image->state = "pending";
  CHECK(mistake_of([](Settings&) {}, pending) == "image ami-1 is pending, not available");
}

TEST_CASE("boot: raw parameters that EC2 does not know, or that are ours to send")
{
  const auto said = [](const char* name, const char* value) {
    Settings settings = least();
    settings.ec2 = {{name, value}};
    const auto plan = make_plan(settings, facts());
    REQUIRE(!plan);
    CHECK(plan.error().message.starts_with(std::string("ec2 \"") + name + "\" "));
    return plan.error().message.substr(std::string_view("ec2 \"\" ").size()
                                       + std::string_view(name).size())
           + "; " + plan.error().hint;
  };
  CHECK(said("Placement.PartitionNumer", "3")
        == "is no parameter of RunInstances; did you mean Placement.PartitionNumber?");
  CHECK(said("BlockDeviceMappings.2.Ebs.VolumeSize", "3")
        == "is no parameter of RunInstances; did you mean BlockDeviceMapping.2.Ebs.VolumeSize?");
  CHECK(said("Placement.PartitionNumber", "three") == "is a whole number, not \"three\"; ");
  CHECK(said("EbsOptimized", "yes") == "is true or false, not \"yes\"; ");
  CHECK(said("SubnetId", "subnet-1")
        == "is what the setting subnet_id sends; set subnet_id instead");
  CHECK(said("KeyName", "me") == "is what the setting key_name sends; set key_name instead");
  CHECK(said("NetworkInterface.1.SecurityGroupId.2", "sg-1")
        == "is what the setting security_group_id sends; set security_group_id instead");
  for (const char* name :
       {"MinCount", "MaxCount", "UserData", "ClientToken", "DryRun",
        "InstanceInitiatedShutdownBehavior", "DisableApiTermination", "MetadataOptions.HttpTokens",
        "MetadataOptions.HttpEndpoint", "NetworkInterface.1.DeviceIndex"}) {
    CHECK(said(name, "1").ends_with("; leave it out"));
  }
  CHECK(said("TagSpecification.1.ResourceType", "volume")
        == "is what the setting tags sends; set tags instead");
  CHECK(said("InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent")
          .ends_with("; leave it out"));
  CHECK(sent_for([](Settings& s) {
          s.ec2 = {{"InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time"}};
        }).size()
        == 1);
}
