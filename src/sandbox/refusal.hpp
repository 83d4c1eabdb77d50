#pragma once

#include "sandbox/ec2_types.hpp"
#include "sandbox/signature.hpp"

#include <string>

namespace flame::sandbox {

enum class Service { ec2, sts, ssm, s3, secrets, iam };
std::string_view
service_name(Service service); // "ec2", "secretsmanager", as in a signature's scope

// How each service words that it does not believe a request. `expected_region` is what the
// request should have been signed for; `now` is what S3 tells.
Reply refusal(Service service, const Verdict& verdict, const std::string& expected_region,
              Seconds now, const std::string& request_id);

// An error of any code, in the service's own words.
Reply error_reply(Service service, const Ec2Error& error, const std::string& request_id);

} // namespace flame::sandbox
