#pragma once

#include "aws/ec2_query.hpp"
#include "client/credentials/provider.hpp"

#include <string>

// STS: other keys, by those that we have or by somebody's token.
namespace flame::client {

struct RoleCall {
  std::string whom = {}; // begins messages: "profile dev"
  std::string arn = {};
  std::string session = {}; // "" for "flame-ec2-" and the time
  aws::Params more = {};    // "ExternalId", "DurationSeconds", "WebIdentityToken", ...
  aws::Credentials by = {}; // with what the request is signed; not read for web identities
};

// Tries again as AWS's SDKs do, and corrects a wrong clock. Kind credentials when STS refuses,
// network when it cannot be reached; with AWS's own words.
Result<aws::Credentials> assume_role(const Sources& sources, const RoleCall& call);

// Not signed: the token is what STS looks at.
Result<aws::Credentials> assume_role_with_web_identity(const Sources& sources,
                                                       const RoleCall& call);

} // namespace flame::client
