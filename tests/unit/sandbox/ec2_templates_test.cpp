#include "ec2_fixture.hpp"
#include "sandbox/ssm.hpp"

using namespace flame;
using namespace flame::sandbox;

namespace {

std::string create(Ec2Fixture& ec2, const std::string& name, const Params& data)
{
  Params params = {{"LaunchTemplateName", name}};
  for (const auto& [parameter, value] : data) {
    params["LaunchTemplateData." + parameter] = value;
  }
  const auto made = ec2.call("CreateLaunchTemplate", params);
  REQUIRE(made);
  return Ec2Fixture::text_in(*made, "launchTemplateId");
}

// What RunInstances makes of a template and more.
Ec2Result<Launch> launch(Ec2Fixture& ec2, const std::string& id, Params more = {})
{
  more.insert({{"MinCount", "1"}, {"MaxCount", "1"}, {"LaunchTemplate.LaunchTemplateId", id}});
  return parse_launch(more, "us-east-1", ec2.state.templates());
}

const Params k_wired = {{"ImageId", "ami-0123456789abcdef0"},
                        {"NetworkInterface.1.DeviceIndex", "0"},
                        {"NetworkInterface.1.SubnetId", "subnet-0fedcba9876543210"},
                        {"NetworkInterface.1.SecurityGroupId.1", "sg-0fedcba9876543210"},
                        {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.Ebs.VolumeSize", "20"},
                        {"TagSpecification.1.ResourceType", "instance"},
                        {"TagSpecification.1.Tag.1.Key", "a"},
                        {"TagSpecification.1.Tag.1.Value", "1"},
                        {"MetadataOptions.HttpPutResponseHopLimit", "5"}};

} // namespace

TEST_CASE("sandbox: what a template was made with is what is described")
{
  Ec2Fixture ec2;
  const std::string id = create(ec2, "web", k_wired);
  const auto found = ec2.call("DescribeLaunchTemplateVersions",
                              {{"LaunchTemplateId", id}, {"LaunchTemplateVersion.1", "$Default"}});
  REQUIRE(found);
  const std::string data = Ec2Fixture::text_in(*found, "launchTemplateData");
  for (const char* part :
       {"<imageId>ami-0123456789abcdef0</imageId>",
        "<groupSet><groupId>sg-0fedcba9876543210</groupId>", "<deviceIndex>0</deviceIndex>",
        "<deviceName>/dev/xvda</deviceName>", "<ebs><volumeSize>20</volumeSize></ebs>",
        "<tagSet><item><key>a</key>",
        "<metadataOptions><httpPutResponseHopLimit>5</httpPutResponseHopLimit>"}) {
    CAPTURE(part);
    CHECK(data.find(part) != std::string::npos);
  }
  CHECK(code_of(ec2.call("CreateLaunchTemplate", {{"LaunchTemplateName", "web"}}))
        == "InvalidLaunchTemplateName.AlreadyExistsException");
  CHECK(code_of(ec2.call("CreateLaunchTemplate", {{"LaunchTemplateName", "b"},
                                                  {"LaunchTemplateData.SubnetId", "subnet-1"}}))
        == "UnknownParameter");
  CHECK(code_of(ec2.call("DescribeLaunchTemplateVersions", {{"LaunchTemplateName", "none"}}))
        == "InvalidLaunchTemplateName.NotFoundException");
  CHECK(code_of(ec2.call("DescribeLaunchTemplateVersions",
                         {{"LaunchTemplateName", "none"}, {"LaunchTemplateVersion.1", "1"}}))
        == "InvalidLaunchTemplateName.NotFoundException");
}

TEST_CASE("sandbox: parameters of the top level replace, disks, interfaces and tags are matched")
{
  Ec2Fixture ec2;
  const std::string id = create(ec2, "web", k_wired);
  const auto bare = launch(ec2, id);
  REQUIRE(bare);
  CHECK(bare->subnet_id == "subnet-0fedcba9876543210");
  CHECK(bare->hop_limit == "5");
  CHECK(bare->disks == Params{{"/dev/xvda", "20"}});
  const auto mixed = launch(ec2, id,
                            {{"MetadataOptions.HttpTokens", "required"},
                             {"NetworkInterface.1.DeviceIndex", "0"},
                             {"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                             {"BlockDeviceMapping.1.Ebs.VolumeSize", "100"},
                             {"TagSpecification.1.ResourceType", "instance"},
                             {"TagSpecification.1.Tag.1.Key", "b"},
                             {"TagSpecification.1.Tag.1.Value", "2"}});
  REQUIRE(mixed);
  CHECK(mixed->hop_limit == "2"); // the template's options are gone
  CHECK(mixed->subnet_id != "subnet-0fedcba9876543210");
  CHECK(mixed->disks == Params{{"/dev/sdf", "100"}, {"/dev/xvda", "20"}});
  CHECK(mixed->tags == Params{{"a", "1"}, {"b", "2"}});
  const auto both = launch(ec2, id, {{"SubnetId", "subnet-0123456789abcdef0"}});
  REQUIRE(!both);
  CHECK(both.error().code == "InvalidParameterCombination");
}

TEST_CASE("sandbox: images are described, and those that are not ready not launched")
{
  Ec2Fixture ec2;
  const auto one = ec2.call("DescribeImages", {{"ImageId.1", "ami-00112233445566778"}});
  REQUIRE(one);
  CHECK(Ec2Fixture::text_in(*one, "rootDeviceName") == "/dev/sda1");
  CHECK(code_of(ec2.call("DescribeImages", {{"ImageId.1", "ami-1"}})) == "InvalidAMIID.Malformed");
  CHECK(code_of(ec2.call("DescribeImages", {{"ImageId.1", "ami-00000000000000000"}}))
        == "InvalidAMIID.NotFound");
  CHECK(code_of(ec2.run({{"ImageId", "ami-0aaaaaaaaaaaaaaa4"}})) == "InvalidAMIID.Unavailable");
  const std::string id =
    ec2.run_one({{"ImageId", "resolve:ssm:/aws/service/debian/release/12/latest/amd64"}});
  CHECK(ec2.find(id).launch.image_id == "ami-0123456789abcdef0");
}

TEST_CASE("sandbox: disks that EC2 refuses")
{
  Ec2Fixture ec2;
  const auto code = [&](Params ebs) {
    Params params = {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"}};
    for (const auto& [name, value] : ebs) {
      params["BlockDeviceMapping.1.Ebs." + name] = value;
    }
    return code_of(ec2.run(params));
  };
  CHECK(code({{"VolumeSize", "4"}}) == "InvalidBlockDeviceMapping");
  CHECK(code({{"VolumeType", "gp2"}, {"Iops", "3000"}}) == "InvalidParameterCombination");
  CHECK(code({{"VolumeType", "io2"}}) == "MissingParameter");
  CHECK(code({{"VolumeType", "gp2"}, {"Throughput", "200"}}) == "InvalidParameterCombination");
  CHECK(code({{"KmsKeyId", "k"}}) == "InvalidParameterDependency");
  CHECK(code_of(ec2.run({{"BlockDeviceMapping.1.Ebs.VolumeSize", "20"}})) == "MissingParameter");
}

TEST_CASE("sandbox: SSM knows public parameters by name and version")
{
  const auto value =
    serve_ssm("GetParameter", {{"Name", "/aws/service/debian/release/12/latest/arm64"}});
  REQUIRE(value);
  CHECK(value->find("\"Value\":\"ami-0fedcba9876543210\"") != std::string::npos);
  CHECK(parameter_value("/aws/service/debian/release/12/latest/arm64:1").has_value());
  CHECK(parameter_value("/aws/service/debian/release/12/latest/arm64:2").error().code
        == "ParameterVersionNotFound");
  CHECK(parameter_value("/x").error().code == "ParameterNotFound");
  CHECK(serve_ssm("GetParameter", {}).error().code == "ValidationException");
  CHECK(serve_ssm("PutParameter", {}).error().code == "UnknownOperationException");
  CHECK(ssm_error_reply({.code = "A", .message = "b \"c\""}).body
        == R"({"__type":"A","message":"b \"c\""})");
  CHECK(!parse_json_params("[]"));
}
