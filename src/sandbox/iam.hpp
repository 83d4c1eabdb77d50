#pragma once

#include "sandbox/ec2_types.hpp"

#include <string>

// IAM's Query API, version 2010-05-08: GetInstanceProfile alone.
namespace flame::sandbox {

Ec2Result<std::string> serve_iam(const std::string& action, const Params& params,
                                 const std::string& request_id);
Reply iam_error_reply(const Ec2Error& error, const std::string& request_id);
// Where a partition's one IAM is, for signatures: "us-east-1".
std::string iam_region(const std::string& region);

} // namespace flame::sandbox
