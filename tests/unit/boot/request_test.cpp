#include "unit/boot/sent.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace flame;
using namespace flame::boot;
using namespace flame::boot::tests;
using config::Settings;

namespace {

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
  for (const char* name : {"SpotInstanceType", "InstanceInterruptionBehavior", "ValidUntil"}) {
    CHECK(said(("InstanceMarketOptions.SpotOptions." + std::string(name)).c_str(), "one-time")
          == "is what market and spot_max_price stand for; a spot machine is asked for once, and "
             "ends when EC2 takes it back; leave it out");
  }
  CHECK(said("InstanceMarketOptions.SpotOptions.MaxPrice", "1")
        == "is what the setting spot_max_price sends; set spot_max_price instead");
}

TEST_CASE("boot: the hint about a number in a raw name does not repeat it")
{
  for (const char* name : {"BlockDeviceMapping.0.DeviceName", "BlockDeviceMapping.01.DeviceName",
                           "BlockDeviceMapping.123456.DeviceName"}) {
    CAPTURE(name);
    Settings settings = least();
    settings.ec2 = {{name, "/dev/sdf"}};
    const auto plan = make_plan(settings, facts());
    REQUIRE(!plan);
    CHECK(plan.error().hint
          == "its numbers begin at 1, have no leading zero, and five digits at most");
  }
  Settings settings = least();
  settings.ec2 = {{"BlockDeviceMappings.0.DeviceName", "/dev/sdf"}};
  CHECK(make_plan(settings, facts()).error().hint
        == "did you mean BlockDeviceMapping.1.DeviceName?");
}

TEST_CASE("boot: raw parameters that contradict a setting")
{
  struct Row {
    const char* name;
    const char* value;
    std::function<void(Settings&)> set;
    const char* what;
  };
  const auto many = [](Settings& s) { s.count = 2; };
  const auto subnet = [](Settings& s) { s.subnet_ids = {"subnet-1"}; };
  const auto subnets = [](Settings& s) { s.subnet_ids = {"subnet-1", "subnet-2"}; };
  const auto group = [](Settings& s) { s.security_group_ids = {"sg-1"}; };
  const char* const of_one = "is of one machine, and count is more";
  const char* const own = "has its own subnet, groups and addresses, and subnet_id, "
                          "security_group_id or public_ip is set";
  const Row rows[] = {
    {"Placement.AvailabilityZoneId", "euw1-az1",
     [](Settings& s) { s.availability_zone = "eu-west-1a"; },
     "is the zone that availability_zone names"},
    {"Placement.AvailabilityZoneId", "euw1-az1", subnet,
     "is set beside subnet_id, and a subnet is in one zone"},
    {"Placement.GroupId", "pg-1", [](Settings& s) { s.placement_group = "near"; },
     "is the group that placement_group names"},
    {"Placement.HostId", "h-1", [](Settings& s) { s.tenancy = "default"; }, "needs tenancy host"},
    {"Placement.HostResourceGroupArn", "arn:aws:x", [](Settings& s) { s.tenancy = "dedicated"; },
     "needs tenancy host"},
    {"NetworkInterface.1.NetworkInterfaceId", "eni-1", subnet, own},
    {"NetworkInterface.1.NetworkInterfaceId", "eni-1", group, own},
    {"NetworkInterface.1.NetworkInterfaceId", "eni-1", [](Settings& s) { s.public_ip = true; },
     own},
    {"NetworkInterface.2.NetworkInterfaceId", "eni-1", many, of_one},
    {"PrivateIpAddress", "10.0.0.9", many, of_one},
    {"Ipv6Address.1.Ipv6Address", "2001:db8::9", many, of_one},
    {"NetworkInterface.2.PrivateIpAddress", "10.0.0.9", many, of_one},
    {"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "10.0.0.9", many, of_one},
    {"NetworkInterface.1.Ipv6Addresses.1.Ipv6Address", "2001:db8::9", many, of_one},
    {"PrivateIpAddress", "10.0.0.9", subnets, "is of one subnet, and subnet_id names several"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Settings settings = least();
    settings.ec2 = {{row.name, row.value}};
    CHECK_MESSAGE(make_plan(settings, facts()).has_value(), "alone it may be sent");
    row.set(settings);
    const auto plan = make_plan(settings, facts());
    REQUIRE(!plan);
    CHECK(plan.error().kind == ErrorKind::config);
    CHECK(plan.error().message == fmt::format("ec2 \"{}\" {}", row.name, row.what));
  }
  Settings host = least();
  host.tenancy = "host";
  host.ec2 = {{"Placement.HostId", "h-1"}};
  CHECK(make_plan(host, facts()).has_value());
}
