#pragma once

#include "client/credentials/provider.hpp"

#include <string>

// The token that `aws sso login` has left.
namespace flame::client {

struct SsoLogin {
  std::string session = {}; // of [sso-session NAME]; "" for the old form, without one
  std::string start_url = {};
  std::string region = {};
  std::string command = {}; // what the user runs to get a new one: "aws sso login --profile dev"
};

// The access token of the user's cache. One of a session that is about to end is renewed, and the
// cache with it; while the old one lives, a failure to do so is passed over. Kind credentials.
Result<std::string> sso_token(const Sources& sources, const SsoLogin& login);

// Of "sso" or "sso_oidc", by its setting or the region's own.
Result<aws::Endpoint> sso_endpoint(const Sources& sources, std::string_view service,
                                   const std::string& region);

} // namespace flame::client
