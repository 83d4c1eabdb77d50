#include "sandbox/ssm.hpp"

#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

namespace flame::sandbox {

std::optional<Params> parse_json_params(std::string_view body)
{
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject()) {
    return std::nullopt;
  }
  Params params;
  for (const auto& [name, value] : document.GetObject()) {
    if (value.IsString()) {
      params[name.GetString()] = value.GetString();
    }
  }
  return params;
}

Ec2Result<std::string> parameter_value(const std::string& name)
{
  const std::size_t colon = name.find(':');
  const Parameter* parameter = find_parameter(name.substr(0, colon));
  if (parameter == nullptr) {
    return refuse("ParameterNotFound", "");
  }
  if (colon != std::string::npos && name.substr(colon) != ":1") {
    return refuse("ParameterVersionNotFound",
                  "Systems Manager could not find version " + name.substr(colon + 1));
  }
  return std::string(parameter->value);
}

Ec2Result<std::string> serve_ssm(const std::string& action, const Params& params)
{
  if (action != "GetParameter") {
    return refuse("UnknownOperationException", "");
  }
  const auto name = params.find("Name");
  if (name == params.end() || name->second.empty()) {
    return refuse("ValidationException", "1 validation error detected: Value at 'name' failed to "
                                         "satisfy constraint: Member must not be null");
  }
  return parameter_value(name->second).map([&](const std::string& value) {
    return fmt::format(R"({{"Parameter":{{"Name":{},"Type":"String","Value":{},"Version":1,)"
                       R"("DataType":"aws:ec2:image"}}}})",
                       json_string(name->second.substr(0, name->second.find(':'))),
                       json_string(value));
  });
}

Reply ssm_error_reply(const Ec2Error& error)
{
  return {.status = error.status,
          .content_type = "application/x-amz-json-1.1",
          .body = fmt::format(R"({{"__type":{},"message":{}}})", json_string(error.code),
                              json_string(error.message))};
}

} // namespace flame::sandbox
