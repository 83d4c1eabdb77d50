#pragma once

#include "aws/ec2_errors.hpp"
#include "aws/ec2_types.hpp"

#include <string>
#include <string_view>
#include <vector>

// EC2's answers, from XML to plain values. Pure; never trusts the text: what is no XML, is cut or
// has another root is ErrorClass::answer, and what is absent stays empty.
namespace flame::aws {

struct InstancesPage {
  std::vector<Instance> instances = {};
  std::string next_token = {};
};

Outcome<std::vector<Instance>> parse_run_instances(std::string_view xml);
Outcome<InstancesPage> parse_describe_instances(std::string_view xml);
Outcome<std::vector<StateChange>> parse_terminate_instances(std::string_view xml);
Outcome<ConsoleOutput> parse_console_output(std::string_view xml);

// An error body of EC2, STS or S3; falls back to the HTTP status when it is not XML.
ApiError parse_error(std::string_view action, std::string_view body, int http_status);

// The element text at a path like "GetCallerIdentityResponse/GetCallerIdentityResult/Account".
Outcome<std::string> parse_text(std::string_view xml, std::string_view path);

} // namespace flame::aws
