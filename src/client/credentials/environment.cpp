#include "client/credentials/provider.hpp"

#include <fmt/format.h>

#include <algorithm>

// AWS_ACCESS_KEY_ID and its companions.
namespace flame::client {
namespace {

constexpr const char* k_id = "AWS_ACCESS_KEY_ID";
constexpr const char* k_secret = "AWS_SECRET_ACCESS_KEY";
constexpr const char* k_token = "AWS_SESSION_TOKEN";
constexpr const char* k_old_token = "AWS_SECURITY_TOKEN";

tl::unexpected<Error> missing(const char* name, const char* because)
{
  return fail(ErrorKind::credentials, fmt::format("{} is set and {} is not", because, name),
              fmt::format("set both, or unset {}", because));
}

// A line end at the end is what a secret store or `echo` adds; AWS would only call it a wrong key.
bool has_blank(const std::string& value)
{
  return std::ranges::any_of(value, [](unsigned char c) { return c <= ' '; });
}

} // namespace

Found from_environment(const Sources& sources)
{
  aws::Credentials credentials{.access_key_id = variable(sources, k_id),
                               .secret_access_key = variable(sources, k_secret),
                               .session_token = variable(sources, k_token),
                               .account_id = variable(sources, "AWS_ACCOUNT_ID"),
                               .provider = "environment"};
  if (credentials.session_token.empty()) {
    credentials.session_token = variable(sources, k_old_token);
  }
  if (credentials.access_key_id.empty() && credentials.secret_access_key.empty()) {
    return std::nullopt;
  }
  if (credentials.access_key_id.empty()) {
    return missing(k_id, k_secret);
  }
  if (credentials.secret_access_key.empty()) {
    return missing(k_secret, k_id);
  }
  for (const auto& [name, value] : {std::pair(k_id, &credentials.access_key_id),
                                    std::pair(k_secret, &credentials.secret_access_key),
                                    std::pair(k_token, &credentials.session_token)}) {
    if (has_blank(*value)) {
      return fail(ErrorKind::credentials, fmt::format("{} holds a blank or a line end", name),
                  "no key does; see how the variable was set");
    }
  }
  const std::string expiration = variable(sources, "AWS_CREDENTIAL_EXPIRATION");
  credentials.expiration = parse_iso8601(expiration);
  if (!expiration.empty() && !credentials.expiration) {
    return fail(ErrorKind::credentials,
                fmt::format("AWS_CREDENTIAL_EXPIRATION is \"{}\", which is no time", expiration),
                "write it as 2026-01-15T08:15:30Z");
  }
  return credentials;
}

} // namespace flame::client
