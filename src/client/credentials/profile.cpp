#include "client/credentials/profile.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace flame::client {
namespace {

using aws::ProfileFile;
using aws::ProfileFileKind;

constexpr const char* k_id = "aws_access_key_id";
constexpr const char* k_secret = "aws_secret_access_key";

// What makes a profile of a kind that we cannot use. In the order in which AWS's tools look.
// Static keys in the credentials file stand before those with `after_keys`.
struct Kind {
  const char* key;
  const char* name;
  bool after_keys = false;
};
constexpr Kind k_other_kinds[] = {
  {"web_identity_token_file", "web identity"},  {"role_arn", "assumed role"},
  {"sso_session", "IAM Identity Center (SSO)"}, {"sso_start_url", "IAM Identity Center (SSO)"},
  {"login_session", "aws login", true},         {"credential_process", "credential_process", true},
};

struct Place {
  std::string path = {};  // "" when there is no home
  std::string shown = {}; // "~/.aws/config"
};

Place place_of(const Sources& sources, const char* name, const char* file)
{
  const std::string given = variable(sources, name);
  if (given == "~" || given.starts_with("~/")) {
    return {sources.home + given.substr(1), given};
  }
  if (!given.empty()) {
    return {given, given};
  }
  const std::string shown = fmt::format("~/.aws/{}", file);
  return {sources.home.empty() ? "" : sources.home + shown.substr(1), shown};
}

Result<ProfileFile> read(const Sources& sources, const Place& place, ProfileFileKind kind)
{
  if (place.path.empty() || !sources.read_file) {
    return ProfileFile{};
  }
  const auto text = sources.read_file(place.path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return *text ? aws::parse_profile_file(**text, kind, place.shown) : ProfileFile{};
}

Error not_there(const AwsProfile& wanted, const ProfileFile& file, const std::string& places)
{
  std::vector<std::string_view> names;
  for (const auto& [name, ignored] : file.profiles) {
    names.push_back(name);
  }
  const std::string_view near = nearest(wanted.name, names);
  return {.kind = ErrorKind::config,
          .message = fmt::format("AWS profile \"{}\" is not in {}", wanted.name, places),
          .hint = !near.empty()   ? fmt::format(R"(did you mean "{}"?)", near)
                  : names.empty() ? "they hold no profile"
                                  : fmt::format("they hold: {}", fmt::join(names, ", "))};
}

AwsProfile wanted_profile(const Sources& sources)
{
  for (const std::string& name : {sources.profile, variable(sources, "AWS_PROFILE"),
                                  variable(sources, "AWS_DEFAULT_PROFILE")}) {
    if (!name.empty()) {
      return {.name = name, .named = true};
    }
  }
  return {};
}

Result<aws::Properties> services_of(const AwsProfile& profile, const ProfileFile& file)
{
  const std::string name = profile.value("services");
  if (name.empty()) {
    return aws::Properties{};
  }
  const auto section = file.services.find(name);
  if (section == file.services.end()) {
    return fail(ErrorKind::config,
                fmt::format("AWS profile \"{}\" names services \"{}\", which are not there",
                            profile.name, name),
                fmt::format("add a section [services {}], or take the line out", name));
  }
  return section->second;
}

bool has_keys(const aws::Properties& properties)
{
  return properties.contains(k_id) || properties.contains(k_secret);
}

tl::unexpected<Error> not_supported(const AwsProfile& profile, const Kind& kind)
{
  return fail(ErrorKind::credentials,
              fmt::format("AWS profile \"{}\" is of a kind that this version cannot use: {}",
                          profile.name, kind.name),
              fmt::format("give its keys by the environment: eval \"$(aws configure "
                          "export-credentials --profile {} --format env)\"",
                          profile.name));
}

} // namespace

std::string AwsProfile::value(std::string_view key) const
{
  const aws::Properties& from = key.find('.') == std::string_view::npos ? properties : services;
  const auto entry = from.find(std::string(key));
  return entry == from.end() ? std::string() : entry->second;
}

Result<AwsProfile> selected_profile(const Sources& sources)
{
  const Place config_place = place_of(sources, "AWS_CONFIG_FILE", "config");
  const Place keys_place = place_of(sources, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  auto config = read(sources, config_place, ProfileFileKind::config);
  if (!config) {
    return tl::unexpected(std::move(config.error()));
  }
  const auto keys = read(sources, keys_place, ProfileFileKind::credentials);
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  AwsProfile profile = wanted_profile(sources);
  const auto own_keys = keys->profiles.find(profile.name);
  profile.keys_in_credentials_file = own_keys != keys->profiles.end() && has_keys(own_keys->second);
  const ProfileFile file = aws::merge(*std::move(config), *keys);
  const auto found = file.profiles.find(profile.name);
  if (found == file.profiles.end()) {
    if (profile.named) {
      return tl::unexpected(
        not_there(profile, file, fmt::format("{} or {}", config_place.shown, keys_place.shown)));
    }
    return profile;
  }
  profile.found = true;
  profile.properties = found->second;
  auto services = services_of(profile, file);
  if (!services) {
    return tl::unexpected(std::move(services.error()));
  }
  profile.services = *std::move(services);
  return profile;
}

Found from_profile(const Sources& sources)
{
  const auto profile = selected_profile(sources);
  if (!profile) {
    return tl::unexpected(profile.error());
  }
  for (const Kind& kind : k_other_kinds) {
    const bool keys_first = kind.after_keys && profile->keys_in_credentials_file;
    if (!profile->value(kind.key).empty() && !keys_first) {
      return not_supported(*profile, kind);
    }
  }
  aws::Credentials credentials{.access_key_id = profile->value(k_id),
                               .secret_access_key = profile->value(k_secret),
                               .session_token = profile->value("aws_session_token"),
                               .account_id = profile->value("aws_account_id"),
                               .provider = fmt::format("profile {}", profile->name)};
  if (credentials.access_key_id.empty() && credentials.secret_access_key.empty()) {
    if (profile->named) {
      note(sources, fmt::format("profile \"{}\" holds no keys", profile->name));
    }
    return std::nullopt;
  }
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    const auto [there, missing] =
      credentials.access_key_id.empty() ? std::pair(k_secret, k_id) : std::pair(k_id, k_secret);
    return fail(ErrorKind::credentials,
                fmt::format("AWS profile \"{}\" has {} and no {}", profile->name, there, missing),
                "add the line that is missing");
  }
  return credentials;
}

} // namespace flame::client
