#include "client/credentials/profile_kinds.hpp"

#include <fmt/format.h>

// Keys that stand in one of AWS's files.
namespace flame::client {
namespace {

constexpr const char* k_id = "aws_access_key_id";
constexpr const char* k_secret = "aws_secret_access_key";

std::string value(const aws::Properties& properties, const std::string& key)
{
  const auto entry = properties.find(key);
  return entry == properties.end() ? std::string() : entry->second;
}

Found keys_in(const aws::ProfileFile& file, const ProfilePlace& place, const ProfileQuery& query)
{
  const auto profile = file.profiles.find(query.name);
  if (profile == file.profiles.end()) {
    return std::nullopt;
  }
  const aws::Properties& properties = profile->second;
  aws::Credentials keys{.access_key_id = value(properties, k_id),
                        .secret_access_key = value(properties, k_secret),
                        .session_token = value(properties, "aws_session_token"),
                        .account_id = value(properties, "aws_account_id"),
                        .provider = fmt::format("profile {}", query.name)};
  if (keys.session_token.empty()) {
    keys.session_token = value(properties, "aws_security_token"); // its old name
  }
  if (keys.access_key_id.empty() && keys.secret_access_key.empty()) {
    return std::nullopt;
  }
  if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
    const auto [there, missing] =
      keys.access_key_id.empty() ? std::pair(k_secret, k_id) : std::pair(k_id, k_secret);
    return fail(ErrorKind::credentials,
                fmt::format("AWS profile \"{}\" has {} and no {} in {}", query.name, there, missing,
                            place.shown),
                "add the line that is missing");
  }
  const Sources& sources = query.sources;
  if (sources.warn && sources.others_can_read && sources.others_can_read(place.path)) {
    sources.warn(fmt::format("{0} holds keys, and other users can read it; to change that: "
                             "chmod 600 {0}",
                             place.shown));
  }
  return keys;
}

} // namespace

bool has_static_keys(const ProfileQuery& query)
{
  return query.has(k_id) || query.has(k_secret);
}

Found from_credentials_file(const ProfileQuery& query)
{
  return keys_in(query.files.keys, query.files.keys_place, query);
}

Found from_config_file(const ProfileQuery& query)
{
  return keys_in(query.files.config, query.files.config_place, query);
}

} // namespace flame::client
