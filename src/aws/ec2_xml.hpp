#pragma once

#include "aws/ec2_errors.hpp"
#include "aws/ec2_types.hpp"

#include <string>
#include <string_view>
#include <vector>

// EC2's answers, from XML to plain values. Pure; never trusts the text: what is no XML, is cut or
// has another root is ErrorClass::answer, and what is absent stays empty.
namespace flame::aws {

template <typename T> struct Page {
  std::vector<T> items = {};
  std::string next_token = {}; // "": the last one
};

Outcome<std::vector<Instance>> parse_run_instances(std::string_view xml);
Outcome<Page<Instance>> parse_describe_instances(std::string_view xml);
Outcome<Page<Resource>> parse_describe_volumes(std::string_view xml);
Outcome<Page<Resource>> parse_describe_network_interfaces(std::string_view xml);
Outcome<std::vector<std::string>> parse_describe_regions(std::string_view xml); // enabled ones
Outcome<std::vector<StateChange>> parse_terminate_instances(std::string_view xml);
Outcome<ConsoleOutput> parse_console_output(std::string_view xml);
Outcome<std::vector<Image>> parse_describe_images(std::string_view xml);
Outcome<std::vector<LaunchTemplate>> parse_launch_template_versions(std::string_view xml);

// An error body of EC2, STS or S3; falls back to the HTTP status when it is not XML.
ApiError parse_error(std::string_view action, std::string_view body, int http_status);

// The element text at a path like "GetCallerIdentityResponse/GetCallerIdentityResult/Account".
Outcome<std::string> parse_text(std::string_view xml, std::string_view path);

} // namespace flame::aws
