#include "sandbox/ec2.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>

namespace flame::sandbox {
namespace {

struct Action {
  std::string_view name;
  Ec2Result<std::string> (*run)(const Ec2Call& call);
};

// To add an action: a row, its parameter names in ec2_parameters.cpp and a file.
constexpr Action k_actions[] = {
  {"RunInstances", run_instances},
  {"DescribeInstances", describe_instances},
  {"DescribeVolumes", describe_volumes},
  {"DescribeNetworkInterfaces", describe_network_interfaces},
  {"DescribeRegions", describe_regions},
  {"DescribeSubnets", describe_subnets},
  {"DescribeRouteTables", describe_route_tables},
  {"DescribeVpcEndpoints", describe_vpc_endpoints},
  {"DescribeSecurityGroups", describe_security_groups},
  {"DescribeInstanceTypeOfferings", describe_instance_type_offerings},
  {"TerminateInstances", terminate_instances},
  {"GetConsoleOutput", get_console_output},
  {"DescribeImages", describe_images},
  {"CreateLaunchTemplate", create_launch_template},
  {"DescribeLaunchTemplateVersions", describe_launch_template_versions},
};

constexpr std::string_view k_capacity_codes[] = {
  "InsufficientInstanceCapacity",
  "InsufficientHostCapacity",
  "InsufficientCapacity",
  "InsufficientReservedInstanceCapacity",
  "InsufficientVolumeCapacity",
  "InsufficientFreeAddressesInSubnet",
  "UnfulfillableCapacity",
  "ReservationCapacityExceeded",
  "SpotMaxPriceTooLow",
  "MaxSpotInstanceCountExceeded",
  "VcpuLimitExceeded",
  "InstanceLimitExceeded",
  "Unsupported",
};

std::optional<int> whole_number(std::string_view text)
{
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

} // namespace

bool is_ec2_action(std::string_view action)
{
  return std::ranges::find(k_actions, action, &Action::name) != std::end(k_actions);
}

bool is_capacity_code(std::string_view code)
{
  return std::ranges::find(k_capacity_codes, code) != std::end(k_capacity_codes);
}

Ec2Result<std::string> serve_ec2(const std::string& action, const Ec2Call& call)
{
  if (action.empty()) {
    return refuse("MissingAction", "The request is missing an action or a required parameter.");
  }
  const auto row = std::ranges::find(k_actions, action, &Action::name);
  if (row == std::end(k_actions)) {
    return refuse("InvalidAction",
                  fmt::format("The action {} is not valid for this web service.", action));
  }
  if (const auto throttled = call.state.admit(action, call.params, call.region)) {
    return tl::unexpected(*throttled);
  }
  for (const auto& [name, value] : call.params) {
    if (!is_parameter(action, name)) {
      return refuse("UnknownParameter", fmt::format("The parameter {} is not recognized", name));
    }
  }
  return row->run(call);
}

Reply ec2_error_reply(const Ec2Error& error, const std::string& request_id)
{
  Xml xml;
  xml.open("Response").open("Errors").open("Error");
  xml.text("Code", error.code).text("Message", error.message);
  xml.close("Error").close("Errors").text("RequestID", request_id).close("Response");
  return {.status = error.status, .body = xml.take()};
}

std::string get(const Params& params, const std::string& name, std::string_view otherwise)
{
  const auto found = params.find(name);
  return found == params.end() ? std::string(otherwise) : found->second;
}

std::vector<std::string> indices(const Params& params, const std::string& prefix)
{
  std::map<int, std::string> found;
  for (auto at = params.lower_bound(prefix + "."); at != params.end(); ++at) {
    const std::string& name = at->first;
    if (!name.starts_with(prefix + ".")) {
      break;
    }
    const std::string index = split(name.substr(prefix.size() + 1), '.')[0];
    if (const auto number = whole_number(index)) {
      found[*number] = index;
    }
  }
  std::vector<std::string> sorted;
  sorted.reserve(found.size());
  for (const auto& [number, index] : found) {
    sorted.push_back(index);
  }
  return sorted;
}

std::vector<std::string> get_list(const Params& params, const std::string& name)
{
  std::vector<std::string> values;
  for (const std::string& index : indices(params, name)) {
    values.push_back(get(params, fmt::format("{}.{}", name, index)));
  }
  return values;
}

Ec2Result<bool> get_bool(const Params& params, const std::string& name, bool otherwise)
{
  const std::string text = to_lower(get(params, name, otherwise ? "true" : "false"));
  if (text != "true" && text != "false") {
    return refuse(
      "InvalidParameterValue",
      fmt::format("Value ({}) for parameter {} is invalid. Expected a boolean", text, name));
  }
  return text == "true";
}

Ec2Result<int> get_int(const Params& params, const std::string& name, int otherwise)
{
  const auto found = params.find(name);
  if (found == params.end()) {
    return otherwise;
  }
  const std::optional<int> number = whole_number(found->second);
  if (!number) {
    return refuse("InvalidParameterValue",
                  fmt::format("Value ({}) for parameter {} is invalid. Expected an integer",
                              found->second, name));
  }
  return *number;
}

bool has_any(const Params& params, std::string_view prefix)
{
  const auto at = params.lower_bound(std::string(prefix));
  return at != params.end() && at->first.starts_with(prefix);
}

bool is_id(std::string_view id, std::string_view prefix)
{
  return id.starts_with(prefix)
         && (id.size() == prefix.size() + 8 || id.size() == prefix.size() + 17)
         && id.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

Ec2Result<void> check_dry_run(const Params& params)
{
  const Ec2Result<bool> dry = get_bool(params, "DryRun", false);
  if (!dry) {
    return tl::unexpected(dry.error());
  }
  if (*dry) {
    return refuse("DryRunOperation", message_of("DryRunOperation"));
  }
  return {};
}

} // namespace flame::sandbox
