#pragma once

#include "sandbox/ec2_types.hpp"

#include <string>

// Systems Manager and Secrets Manager in JSON 1.1: GetParameter for the parameters of world.hpp,
// GetSecretValue for its secrets.
namespace flame::sandbox {

// The body of a request as parameters: those whose values are texts, "true" or "false". nullopt
// when it is no JSON object.
std::optional<Params> parse_json_params(std::string_view body);

// Of "NAME" or "NAME:VERSION".
Ec2Result<std::string> parameter_value(const std::string& name);

Ec2Result<std::string> serve_ssm(const std::string& action, const Params& params);
Ec2Result<std::string> serve_secrets(const std::string& action, const Params& params);
Reply ssm_error_reply(const Ec2Error& error);

} // namespace flame::sandbox
