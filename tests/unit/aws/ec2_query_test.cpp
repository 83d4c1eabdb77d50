#include "aws/ec2_names.hpp"
#include "aws/ec2_query.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace flame;
using namespace flame::aws;

namespace {

ModelValue list(ModelList items)
{
  return {std::move(items)};
}
ModelValue map(ModelMap members)
{
  return {std::move(members)};
}

Params serialized(std::string_view action, const ModelMap& input)
{
  const auto params = serialize(action, input);
  REQUIRE(params);
  REQUIRE(params->size() >= 2);
  CHECK((*params)[0] == Params::value_type("Action", action));
  CHECK((*params)[1] == Params::value_type("Version", "2016-11-15"));
  return {params->begin() + 2, params->end()};
}

std::string refusal(std::string_view action, const ModelMap& input)
{
  const auto params = serialize(action, input);
  REQUIRE(!params);
  CHECK(params.error().kind == ErrorKind::internal);
  return params.error().message;
}

} // namespace

TEST_CASE("aws: the table of EC2's names holds together")
{
  REQUIRE(std::ranges::is_sorted(action_names(), {}, &ActionNames::action));
  for (const ActionNames& action : action_names()) {
    CAPTURE(action.action);
    CHECK(!action.parameters.empty());
    CHECK(std::ranges::is_sorted(action.parameters, {}, &ParameterName::wire));
    std::set<std::string_view> seen;
    for (const ParameterName& name : action.parameters) {
      CAPTURE(name.wire);
      CHECK(seen.insert(name.wire).second);
      CHECK(name.model != name.wire); // "" says so
      if (!name.model.empty()) {
        CHECK(std::ranges::count(name.model, '.') == std::ranges::count(name.wire, '.'));
      }
    }
  }
}

TEST_CASE("aws::serialize writes EC2's names for the model's")
{
  CHECK(
    serialized("RunInstances",
               {{"MinCount", {"1"}},
                {"NetworkInterfaces",
                 list({map({{"DeviceIndex", {"0"}}, {"Groups", list({{"sg-1"}, {"sg-2"}})}})})}})
    == Params{{"MinCount", "1"},
              {"NetworkInterface.1.DeviceIndex", "0"},
              {"NetworkInterface.1.SecurityGroupId.1", "sg-1"},
              {"NetworkInterface.1.SecurityGroupId.2", "sg-2"}});
  CHECK(serialized("DescribeInstances",
                   {{"Filters", list({map({{"Name", {"tag:a"}}, {"Values", list({{"x"}})}})})}})
        == Params{{"Filter.1.Name", "tag:a"}, {"Filter.1.Value.1", "x"}});
}

TEST_CASE("aws::serialize tells given and empty from not given")
{
  CHECK(serialized("RunInstances", {}).empty());
  CHECK(serialized("DescribeInstances", {{"InstanceIds", list({})}}).empty());
  CHECK(serialized("RunInstances", {{"BlockDeviceMappings", list({map({{"NoDevice", {""}}})})}})
        == Params{{"BlockDeviceMapping.1.NoDevice", ""}});
}

TEST_CASE("aws::serialize writes times in UTC and blobs in base64")
{
  const auto time = [](std::string text) {
    return serialized("DescribeSpotPriceHistory", {{"StartTime", {std::move(text)}}})[0].second;
  };
  CHECK(time("2026-01-15T08:15:30Z") == "2026-01-15T08:15:30Z");
  CHECK(time("2026-01-15T10:15:30+02:00") == "2026-01-15T08:15:30Z");
  CHECK(time("2026-01-15 08:15:30+00:00") == "2026-01-15T08:15:30Z");
  CHECK(time("2026-01-15") == "2026-01-15T00:00:00Z");
  CHECK(time("1768464930") == "2026-01-15T08:15:30Z");
  CHECK(refusal("DescribeSpotPriceHistory", {{"StartTime", {"soon"}}})
        == "StartTime is no time: \"soon\"");
  CHECK(serialized("ModifyInstanceAttribute", {{"UserData", map({{"Value", {"hi\n"}}})}})
        == Params{{"UserData.Value", "aGkK"}});
}

TEST_CASE("aws::serialize sends nothing that is not in the table")
{
  CHECK(refusal("LaunchRockets", {}) == "EC2's action LaunchRockets is not known here");
  CHECK(refusal("RunInstances", {{"Colour", {"red"}}})
        == "EC2's RunInstances has no parameter Colour");
  SUBCASE("wire names are not model names")
  {
    CHECK(refusal("DescribeInstances", {{"InstanceId", list({{"i-1"}})}})
          == "EC2's DescribeInstances has no parameter InstanceId");
  }
  SUBCASE("the beginning of a name is not the name")
  {
    CHECK(refusal("RunInstances", {{"Image", {"ami-1"}}})
          == "EC2's RunInstances has no parameter Image");
  }
  SUBCASE("text, lists and structures stand where the model has them")
  {
    CHECK(refusal("RunInstances", {{"ImageId", list({{"ami-1"}})}})
          == "EC2's RunInstances has no parameter ImageId.N");
    CHECK(refusal("RunInstances", {{"Placement", {"here"}}})
          == "EC2's RunInstances has no parameter Placement");
    CHECK(refusal("DescribeInstances", {{"InstanceIds", {"i-1"}}})
          == "EC2's DescribeInstances has no parameter InstanceIds");
    CHECK(refusal("DescribeInstances", {{"InstanceIds", map({{"N", {"i-1"}}})}})
          == "EC2's DescribeInstances has no parameter InstanceIds.N");
    CHECK(refusal("RunInstances", {{"Placement.GroupName", {"g"}}})
          == "EC2's RunInstances has no parameter Placement.GroupName");
  }
}

TEST_CASE("aws::is_known_parameter knows exactly the names on the wire")
{
  CHECK(is_known_parameter("RunInstances", "NetworkInterface.1.SubnetId"));
  CHECK(is_known_parameter("RunInstances", "NetworkInterface.12.SecurityGroupId.3"));
  CHECK(is_known_parameter("RunInstances", "ImageId"));
  for (const std::string_view name :
       {"", ".", ".ImageId", "Placement..GroupName", "Action", "NetworkInterface",
        "NetworkInterface.SubnetId", "networkInterface.1.SubnetId", "NetworkInterface.N.SubnetId",
        "NetworkInterface.0.SubnetId", "NetworkInterface.01.SubnetId",
        "NetworkInterface.-1.SubnetId", "NetworkInterface.999999.SubnetId",
        "NetworkInterfaces.1.SubnetId", "NetworkInterface.1.Groups.1", "ImageId.1", "ImageId.",
        "ImageIdX", "ImageI"}) {
    CAPTURE(name);
    CHECK(!is_known_parameter("RunInstances", name));
  }
  CHECK(!is_known_parameter("LaunchRockets", "DryRun"));
}

TEST_CASE("aws::parameter_names lists what may be meant")
{
  const auto names = parameter_names("RunInstances");
  CHECK(names.size() > 100);
  CHECK(std::ranges::count(names, "Placement.GroupName") == 1);
  CHECK(std::ranges::count(names, "TagSpecification.N.Tag.N.Key") == 1);
  CHECK(parameter_names("LaunchRockets").empty());
}

TEST_CASE("aws::form and parse_form carry every byte")
{
  CHECK(form({}).empty());
  CHECK(form({{"A", "b c"}, {"D.1", "+&=%/é"}}) == "A=b%20c&D.1=%2B%26%3D%25%2F%C3%A9");
  std::string bytes;
  for (int c = 0; c < 256; ++c) {
    bytes += static_cast<char>(c);
  }
  const Params params = {{bytes, bytes}, {"twice", "1"}, {"twice", ""}};
  CHECK(parse_form(form(params)) == params);
}

TEST_CASE("aws::parse_form reads what browsers and botocore write")
{
  CHECK(parse_form("").empty());
  CHECK(parse_form("a=b+c&&d=e=f&g&=h&i=%zz") //
        == Params{{"a", "b c"}, {"d", "e=f"}, {"g", ""}, {"", "h"}, {"i", "%zz"}});
}
