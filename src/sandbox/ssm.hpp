#pragma once

#include "sandbox/ec2_types.hpp"

#include <string>

// Systems Manager in JSON 1.1: GetParameter alone, for the public parameters of world.hpp.
namespace flame::sandbox {

// The body of a request as parameters: those whose values are texts. nullopt when it is no JSON
// object.
std::optional<Params> parse_json_params(std::string_view body);

// Of "NAME" or "NAME:VERSION".
Ec2Result<std::string> parameter_value(const std::string& name);

Ec2Result<std::string> serve_ssm(const std::string& action, const Params& params);
Reply ssm_error_reply(const Ec2Error& error);

} // namespace flame::sandbox
