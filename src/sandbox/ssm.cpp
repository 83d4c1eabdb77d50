#include "sandbox/ssm.hpp"

#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <utility>

namespace flame::sandbox {

std::optional<Params> parse_json_params(std::string_view body)
{
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject()) {
    return std::nullopt;
  }
  Params params;
  for (const auto& [name, value] : std::as_const(document).GetObject()) {
    if (value.IsString()) {
      params[name.GetString()] = value.GetString();
    } else if (value.IsBool()) {
      params[name.GetString()] = value.GetBool() ? "true" : "false";
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
  if (const KeptSecret* secret = find_secret("ssm", name->second)) {
    const auto decrypt = params.find("WithDecryption");
    const bool plain = decrypt != params.end() && decrypt->second == "true";
    return fmt::format(
      R"({{"Parameter":{{"Name":{},"Type":"SecureString","Value":{},"Version":1}}}})",
      json_string(secret->name), json_string(plain ? secret->value : "AQICAHgEncrypted=="));
  }
  return parameter_value(name->second).map([&](const std::string& value) {
    return fmt::format(R"({{"Parameter":{{"Name":{},"Type":"String","Value":{},"Version":1,)"
                       R"("DataType":"aws:ec2:image"}}}})",
                       json_string(name->second.substr(0, name->second.find(':'))),
                       json_string(value));
  });
}

Ec2Result<std::string> serve_secrets(const std::string& action, const Params& params)
{
  if (action != "GetSecretValue") {
    return refuse("UnknownOperationException", "");
  }
  const auto id = params.find("SecretId");
  const KeptSecret* secret =
    id == params.end() ? nullptr : find_secret("secretsmanager", id->second);
  if (secret == nullptr) {
    return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }
  return fmt::format(R"({{"Name":{},"SecretString":{},"VersionId":"1"}})",
                     json_string(secret->name), json_string(secret->value));
}

Reply ssm_error_reply(const Ec2Error& error)
{
  return {.status = error.status,
          .content_type = "application/x-amz-json-1.1",
          .body = fmt::format(R"({{"__type":{},"message":{}}})", json_string(error.code),
                              json_string(error.message))};
}

} // namespace flame::sandbox
