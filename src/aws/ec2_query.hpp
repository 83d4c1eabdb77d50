#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// The EC2 Query protocol, version 2016-11-15: names and values as a form.
namespace flame::aws {

inline constexpr std::string_view k_ec2_api_version = "2016-11-15";

// Parameters on the wire, in the order added: {"InstanceId.1", "i-1"}.
using Params = std::vector<std::pair<std::string, std::string>>;

// A value shaped like the service model: {"NetworkInterfaces": [{"DeviceIndex": 0}]}. Scalars are
// already text ("true", "1", ISO times).
struct ModelValue;
using ModelList = std::vector<ModelValue>;
using ModelMap = std::vector<std::pair<std::string, ModelValue>>; // keeps the order
struct ModelValue {
  std::variant<std::string, ModelList, ModelMap> value = {};
};

// Model shape to wire names by the table of the model's names; Action and Version come first.
// Kind internal when `action` or a member is not in the table.
Result<Params> serialize(std::string_view action, const ModelMap& input);

// Whether EC2 knows the parameter: is_known_parameter("RunInstances",
// "NetworkInterface.1.SubnetId").
bool is_known_parameter(std::string_view action, std::string_view wire_name);

// Wire names of an action with N for numbers, for "did you mean": "Placement.GroupName".
std::vector<std::string_view> parameter_names(std::string_view action);

// application/x-www-form-urlencoded; space is %20.
std::string form(const Params& params);
Params parse_form(std::string_view body); // reads '+' as a space too

} // namespace flame::aws
