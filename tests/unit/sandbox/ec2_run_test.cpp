#include "sandbox/world.hpp"
#include "unit/sandbox/ec2_fixture.hpp"

using namespace flame;
using namespace flame::sandbox;

TEST_CASE("sandbox: RunInstances starts what was asked for")
{
  Ec2Fixture ec2;
  const Instance one = ec2.find(ec2.run_one({{"UserData", to_base64("#!/bin/sh\n")},
                                             {"TagSpecification.1.ResourceType", "instance"},
                                             {"TagSpecification.1.Tag.1.Key", "a key"},
                                             {"TagSpecification.1.Tag.1.Value", "<&>"},
                                             {"TagSpecification.2.ResourceType", "volume"},
                                             {"TagSpecification.2.Tag.1.Key", "other"},
                                             {"TagSpecification.2.Tag.1.Value", "x"}}));
  CHECK(one.state == State::pending);
  CHECK(one.launch.user_data == "#!/bin/sh\n");
  CHECK(one.launch.tags == Params{{"a key", "<&>"}});
  CHECK(one.launch.subnet_id == subnets().front().id);
  CHECK(one.launch.zone == "us-east-1a");
  CHECK(one.launch.group_ids == std::vector<std::string>{std::string(groups().front().id)});
  CHECK(one.private_ip == "10.0.1.20");
  CHECK(ec2.find(ec2.run_one()).private_ip == "10.0.1.21");
}

TEST_CASE("sandbox: RunInstances takes subnet and groups from the instance or its first interface")
{
  Ec2Fixture ec2;
  const std::string subnet(subnets()[1].id);
  const std::string group(groups()[1].id);
  const Instance plain =
    ec2.find(ec2.run_one({{"SubnetId", subnet}, {"SecurityGroupId.1", group}}));
  CHECK(plain.launch.subnet_id == subnet);
  CHECK(plain.launch.group_ids == std::vector<std::string>{group});
  CHECK(plain.public_ip.empty());
  const Instance wired =
    ec2.find(ec2.run_one({{"NetworkInterface.1.DeviceIndex", "0"},
                          {"NetworkInterface.1.SubnetId", subnet},
                          {"NetworkInterface.1.SecurityGroupId.1", group},
                          {"NetworkInterface.1.AssociatePublicIpAddress", "true"}}));
  CHECK(wired.launch.subnet_id == subnet);
  CHECK(wired.launch.group_ids == std::vector<std::string>{group});
  CHECK(!wired.public_ip.empty());
}

TEST_CASE("sandbox: RunInstances refuses with EC2's own codes")
{
  struct Row {
    Params params;
    std::string_view code;
  };
  const std::string sg(groups().front().id);
  const std::string big = to_base64(std::string(16'385, 'x'));
  const Row rows[] = {
    {{{"Colour", "red"}}, "UnknownParameter"},
    {{{"TagSpecification.1.Tags.1.Key", "x"}}, "UnknownParameter"},
    {{{"ImageId", "debian"}}, "InvalidAMIID.Malformed"},
    {{{"ImageId", "ami-0123456789abcdef1"}}, "InvalidAMIID.NotFound"},
    {{{"InstanceType", "t9.nano"}}, "InvalidParameterValue"},
    {{{"InstanceType", "t4g.nano"}}, "InvalidParameterValue"}, // another architecture
    {{{"SubnetId", "subnet-0123456789abcdef1"}}, "InvalidSubnetID.NotFound"},
    {{{"SecurityGroupId.1", "default"}}, "InvalidGroupId.Malformed"},
    {{{"SecurityGroupId.1", sg + "\n" + sg}}, "InvalidGroupId.Malformed"}, // the reference's E13
    {{{"SecurityGroupId.1", "sg-0123456789abcdef1"}}, "InvalidGroup.NotFound"},
    {{{"KeyName", "mine"}}, "InvalidKeyPair.NotFound"},
    {{{"IamInstanceProfile.Name", "admin"}}, "InvalidParameterValue"},
    {{{"MinCount", "0"}}, "InvalidParameterValue"},
    {{{"MinCount", "2"}}, "InvalidParameterValue"},
    {{{"MaxCount", "many"}}, "InvalidParameterValue"},
    {{{"UserData", "not base64"}}, "InvalidParameterValue"},
    {{{"UserData", big}}, "InvalidParameterValue"},
    {{{"ClientToken", std::string(65, 'x')}}, "InvalidParameterValue"},
    {{{"InstanceInitiatedShutdownBehavior", "halt"}}, "InvalidParameterValue"},
    {{{"NetworkInterface.1.SubnetId", "subnet-0123456789abcdef0"}}, "InvalidParameterValue"},
    {{{"NetworkInterface.1.DeviceIndex", "0"}, {"SubnetId", "subnet-0123456789abcdef0"}},
     "InvalidParameterCombination"},
    {{{"NetworkInterface.1.DeviceIndex", "0"}, {"SecurityGroupId.1", sg}},
     "InvalidParameterCombination"},
    {{{"LaunchTemplate.LaunchTemplateId", "lt-1"}}, "InvalidLaunchTemplateId.Malformed"},
    {{{"LaunchTemplate.LaunchTemplateId", "lt-0123456789abcdef1"}},
     "InvalidLaunchTemplateId.NotFound"},
    {{{"LaunchTemplate.LaunchTemplateName", "other"}},
     "InvalidLaunchTemplateName.NotFoundException"},
    {{{"LaunchTemplate.LaunchTemplateId", "lt-0123456789abcdef0"}, {"LaunchTemplate.Version", "9"}},
     "InvalidLaunchTemplateId.VersionNotFound"},
    {{{"InstanceMarketOptions.MarketType", "spot"}, {"InstanceInitiatedShutdownBehavior", "stop"}},
     "InvalidParameterCombination"},
    {{{"TagSpecification.1.ResourceType", "dog"}}, "InvalidParameterValue"},
    {{{"TagSpecification.1.ResourceType", "instance"},
      {"TagSpecification.1.Tag.1.Key", "aws:mine"}},
     "InvalidParameterValue"},
    {{{"TagSpecification.1.ResourceType", "instance"},
      {"TagSpecification.1.Tag.1.Key", "a"},
      {"TagSpecification.1.Tag.1.Value", std::string(257, 'x')}},
     "InvalidParameterValue"},
    {{{"MetadataOptions.HttpTokens", "never"}}, "InvalidParameterValue"},
    {{{"MetadataOptions.HttpPutResponseHopLimit", "65"}}, "InvalidParameterValue"},
    {{{"DryRun", "true"}}, "DryRunOperation"},
    {{{"DryRun", "perhaps"}}, "InvalidParameterValue"},
  };
  Ec2Fixture ec2;
  for (const Row& row : rows) {
    CAPTURE(row.params.begin()->first);
    CAPTURE(row.params.begin()->second.substr(0, 80));
    CHECK(code_of(ec2.run(row.params)) == row.code);
  }
  CHECK(ec2.state.instances("us-east-1").empty());
}

TEST_CASE("sandbox: RunInstances names the required parameter that is missing")
{
  Ec2Fixture ec2;
  for (const char* name : {"ImageId", "MinCount", "MaxCount"}) {
    CAPTURE(name);
    Params params = Ec2Fixture::ordinary();
    params.erase(name);
    const auto answer = ec2.call("RunInstances", params);
    REQUIRE(!answer);
    CHECK(answer.error().code == "MissingParameter");
    CHECK(answer.error().message.ends_with(name));
  }
}

TEST_CASE("sandbox: 16384 bytes of user data are taken whole")
{
  Ec2Fixture ec2;
  const std::string data(16'384, '\xFF');
  CHECK(ec2.find(ec2.run_one({{"UserData", to_base64(data)}})).launch.user_data == data);
}

TEST_CASE("sandbox: a dry run is 412 and launches nothing")
{
  Ec2Fixture ec2;
  const auto answer = ec2.run({{"DryRun", "true"}, {"ClientToken", "t"}});
  REQUIRE(!answer);
  CHECK(answer.error().status == 412);
  ec2.run_one({{"ClientToken", "t"}, {"KeyName", "sandbox-key"}}); // its token is free
}

TEST_CASE("sandbox: the launch template fills what the request leaves open")
{
  Ec2Fixture ec2;
  const Params bare = {{"MinCount", "1"},
                       {"MaxCount", "1"},
                       {"LaunchTemplate.LaunchTemplateId", "lt-0123456789abcdef0"}};
  const auto run = [&](Params more) {
    more.insert(bare.begin(), bare.end());
    const auto answer = ec2.call("RunInstances", more);
    REQUIRE(answer);
    return ec2.find(Ec2Fixture::text_in(*answer, "instanceId")).launch;
  };
  const Launch whole = run({});
  CHECK(whole.type == "t3.micro");
  CHECK(whole.user_data == "#!/bin/sh\necho template\n");
  CHECK(whole.group_ids == std::vector<std::string>{"sg-0fedcba9876543210"});
  CHECK(run({{"InstanceType", "c5.large"}}).type == "c5.large");
  CHECK(run({{"UserData", to_base64("mine")}}).user_data == "mine");
  CHECK(run({{"LaunchTemplate.Version", "$Latest"}}).type == "m7i.large");
  Params wired = bare; // the reference's E21
  wired["NetworkInterface.1.DeviceIndex"] = "0";
  CHECK(code_of(ec2.call("RunInstances", wired)) == "InvalidParameterCombination");
}

TEST_CASE("sandbox: several machines share a reservation, as many as fit")
{
  Ec2Fixture ec2;
  const Params small = {{"SubnetId", std::string(subnets()[2].id)},
                        {"MinCount", "1"},
                        {"MaxCount", "20"}}; // which has 11 addresses
  const auto answer = ec2.run(small);
  REQUIRE(answer);
  CHECK(Ec2Fixture::ids_in(*answer).size() == 11);
  CHECK(code_of(ec2.run(small)) == "InsufficientFreeAddressesInSubnet");
  Params all = small;
  all["MinCount"] = "12";
  all["SubnetId"] = subnets()[0].id;
  CHECK(ec2.run(all).has_value());
}

TEST_CASE("sandbox: what a zone does not offer is unsupported there")
{
  Ec2Fixture ec2;
  const std::string old(subnets()[2].id);
  CHECK(code_of(ec2.run({{"InstanceType", "m7i.large"}, {"SubnetId", old}})) == "Unsupported");
  CHECK(ec2.run({{"InstanceType", "m7i.large"}}).has_value());
}

TEST_CASE("sandbox: actions and versions that EC2 does not know")
{
  Ec2Fixture ec2;
  CHECK(code_of(ec2.call("", {})) == "MissingAction");
  CHECK(code_of(ec2.call("RunInstance", {})) == "InvalidAction");
}
