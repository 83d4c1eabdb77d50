#include "aws/ec2_xml.hpp"
#include "support/fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace flame;
using namespace flame::aws;
using test::fixture;

TEST_CASE("aws::parse_describe_images reads what a boot wants to know")
{
  const auto images = parse_describe_images(fixture("xml/describe_images.xml"));
  REQUIRE(images);
  REQUIRE(images->size() == 2);
  const Image& first = images->front();
  CHECK(first.id == "ami-0a1b2c3d4e5f60718");
  CHECK(first.state == "available");
  CHECK(first.architecture == "arm64");
  CHECK(first.root_device == "/dev/xvda");
  CHECK(first.root_volume_size == 8); // not the other disk's
  const Image& second = images->back();
  CHECK(second.state == "pending");
  CHECK(second.root_device.empty());
  CHECK(second.root_volume_size == 0);
  CHECK(parse_describe_images("<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>")
          ->empty());
  CHECK(parse_describe_images("<html/>").error().error_class == ErrorClass::answer);
}

TEST_CASE("aws::parse_launch_template_versions puts the template into the names of a request")
{
  const auto versions =
    parse_launch_template_versions(fixture("xml/describe_launch_template_versions.xml"));
  REQUIRE(versions);
  REQUIRE(versions->size() == 1);
  const LaunchTemplate& found = versions->front();
  CHECK(found.id == "lt-0a1b2c3d4e5f60718");
  CHECK(found.version == "3");
  CHECK(found.image_id == "resolve:ssm:/mine");
  CHECK(found.instance_type == "c7i.large");
  CHECK(found.key_name == "deploy");
  CHECK(found.instance_profile == "runner");
  CHECK(found.user_data == "#!/bin/sh\n");
  CHECK(found.security_groups == std::vector<std::string>{"sg-3", "default"});
  CHECK(found.block_devices
        == std::vector<Params>{{{"DeviceName", "/dev/xvda"},
                                {"Ebs.Encrypted", "true"},
                                {"Ebs.VolumeSize", "20"},
                                {"Ebs.VolumeType", "gp3"}},
                               {{"DeviceName", "/dev/sdf"}, {"NoDevice", ""}}});
  CHECK(found.interfaces
        == std::vector<Params>{{{"AssociatePublicIpAddress", "true"},
                                {"DeleteOnTermination", "true"},
                                {"DeviceIndex", "0"},
                                {"SecurityGroupId.1", "sg-1"},
                                {"SecurityGroupId.2", "sg-2"},
                                {"Ipv6Addresses.1.Ipv6Address", "2001:db8::1"},
                                {"PrivateIpAddresses.1.Primary", "true"},
                                {"PrivateIpAddresses.1.PrivateIpAddress", "10.0.0.9"},
                                {"PrivateIpAddresses.2.Primary", "false"},
                                {"PrivateIpAddresses.2.PrivateIpAddress", "10.0.0.10"},
                                {"SubnetId", "subnet-1"},
                                {"ConnectionTrackingSpecification.UdpTimeout", "30"}}});
  // Its state is no option.
  CHECK(found.metadata_options
        == Params{{"HttpTokens", "optional"},
                  {"HttpPutResponseHopLimit", "5"},
                  {"InstanceMetadataTags", "enabled"}});
}

TEST_CASE("aws::parse_launch_template_versions reads a template that says nothing")
{
  const auto versions = parse_launch_template_versions(
    "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item>"
    "<versionNumber>1</versionNumber><launchTemplateData/></item></launchTemplateVersionSet>"
    "</DescribeLaunchTemplateVersionsResponse>");
  REQUIRE(versions);
  const LaunchTemplate& found = versions->front();
  CHECK(found.image_id.empty());
  CHECK(found.user_data.empty());
  CHECK(found.interfaces.empty());
  CHECK(found.availability_zone.empty());
}

TEST_CASE("aws::parse_launch_template_versions reads the zone of a template, by name or id")
{
  for (const char* name : {"availabilityZone", "availabilityZoneId"}) {
    const auto versions = parse_launch_template_versions(fmt::format(
      "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item>"
      "<launchTemplateData><placement><tenancy>default</tenancy><{0}>zone</{0}></placement>"
      "</launchTemplateData></item></launchTemplateVersionSet>"
      "</DescribeLaunchTemplateVersionsResponse>",
      name));
    REQUIRE(versions);
    CHECK(versions->front().availability_zone == "zone");
  }
}

TEST_CASE("aws::parse_launch_template_versions reads what a template asks of the spot market")
{
  const auto versions = parse_launch_template_versions(
    "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item><launchTemplateData>"
    "<instanceMarketOptions><marketType>spot</marketType><spotOptions><maxPrice>0.02</maxPrice>"
    "<spotInstanceType>persistent</spotInstanceType><newOption>1</newOption>"
    "<instanceInterruptionBehavior>stop</instanceInterruptionBehavior></spotOptions>"
    "</instanceMarketOptions></launchTemplateData></item></launchTemplateVersionSet>"
    "</DescribeLaunchTemplateVersionsResponse>");
  REQUIRE(versions);
  CHECK(versions->front().market == "spot");
  CHECK(versions->front().spot_options
        == Params{{"MaxPrice", "0.02"},
                  {"SpotInstanceType", "persistent"},
                  {"InstanceInterruptionBehavior", "stop"}});
}
