#pragma once

#include "sandbox/ec2_types.hpp"
#include "sandbox/keyring.hpp"

#include <string>

// STS's Query API, version 2011-06-15: GetCallerIdentity alone.
namespace flame::sandbox {

Ec2Result<std::string> serve_sts(const std::string& action, const Params& params, const Key& caller,
                                 const std::string& request_id);
Reply sts_error_reply(const Ec2Error& error, const std::string& request_id);

} // namespace flame::sandbox
