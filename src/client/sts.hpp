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

// Whom to ask, and with whose keys. References must outlive the call.
struct StsCaller {
  io::Http& http;
  const Clock& clock;
  const aws::Endpoint& endpoint;
  const std::string& region;
  const aws::Credentials& credentials;
  Seconds time; // of the signature
};

// STS GetCallerIdentity: needs no permission. One try.
aws::Outcome<CallerIdentity> caller_identity(const StsCaller& caller);

// STS DecodeAuthorizationMessage: needs a permission that few have. One try; the JSON.
aws::Outcome<std::string> decode_authorization_message(const StsCaller& caller,
                                                       const std::string& encoded);

} // namespace flame::client
