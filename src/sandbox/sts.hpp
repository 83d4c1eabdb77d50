#pragma once

#include "sandbox/ec2_types.hpp"
#include "sandbox/keyring.hpp"

#include <string>

// STS's Query API, version 2011-06-15: GetCallerIdentity and DecodeAuthorizationMessage.
namespace flame::sandbox {

Ec2Result<std::string> serve_sts(const std::string& action, const Params& params, const Key& caller,
                                 const std::string& request_id);
// EC2's refusal of an action. Only STS can read why: DecodeAuthorizationMessage.
Ec2Error unauthorized(const std::string& action);

Reply sts_error_reply(const Ec2Error& error, const std::string& request_id);

} // namespace flame::sandbox
