#pragma once

#include "aws/ec2_errors.hpp"
#include "aws/endpoints.hpp"

#include <string>
#include <string_view>

// IAM's Query API, version 2010-05-08, of which one action is used. Pure. A partition has one IAM,
// in one region.
//
// Source: botocore/data/iam (rule set and service model).
namespace flame::aws {

struct IamPlace {
  Endpoint endpoint = {};
  std::string region = {}; // that requests are signed for
};
IamPlace iam_place(std::string_view region); // of any region's partition

struct InstanceProfile {
  std::string arn = {};
  std::string role = {}; // its name; "": there is none in it
};

std::string get_instance_profile_form(std::string_view name);
Outcome<InstanceProfile> parse_instance_profile(std::string_view xml);

} // namespace flame::aws
