#pragma once

#include "aws/credentials.hpp"
#include "aws/ec2_errors.hpp"
#include "aws/endpoints.hpp"
#include "base/ports.hpp"
#include "io/http.hpp"

#include <string>

namespace flame::client {

struct CallerIdentity {
  std::string account = {};
  std::string arn = {};
};

// STS GetCallerIdentity: needs no permission. One try.
aws::Outcome<CallerIdentity> caller_identity(io::Http& http, const Clock& clock,
                                             const aws::Endpoint& endpoint,
                                             const std::string& region,
                                             const aws::Credentials& credentials);

} // namespace flame::client
