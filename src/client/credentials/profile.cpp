#include "base/text.hpp"
#include "client/credentials/profile_kinds.hpp"

#include <fmt/format.h>

#include <vector>

namespace flame::client {
namespace {

using aws::ProfileFile;
using aws::ProfileFileKind;

// To add a kind of profile: one file beside this one and one row. Static keys in the credentials
// file stand before a process, those in the config file behind it.
constexpr ProfileKind k_kinds[] = {
  {"role", from_assumed_role},
  {"web identity", from_web_identity},
  {"IAM Identity Center (SSO)", from_sso},
  {"keys in the credentials file", from_credentials_file},
  {"aws login", from_login},
  {"credential_process", from_process},
  {"keys in the config file", from_config_file},
};

ProfilePlace place_of(const Sources& sources, const char* name, const char* file)
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

Result<ProfileFile> read(const Sources& sources, const ProfilePlace& place, ProfileFileKind kind)
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
                fmt::format(R"(AWS profile "{}" names services "{}", which are not there)",
                            profile.name, name),
                fmt::format("add a section [services {}], or take the line out", name));
  }
  return section->second;
}

} // namespace

std::string AwsProfile::value(std::string_view key) const
{
  const aws::Properties& from = key.ends_with(".endpoint_url") ? services : properties;
  const auto entry = from.find(std::string(key));
  return entry == from.end() ? std::string() : entry->second;
}

Result<ProfileFiles> read_profile_files(const Sources& sources)
{
  ProfileFiles files{
    .config_place = place_of(sources, "AWS_CONFIG_FILE", "config"),
    .keys_place = place_of(sources, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
  };
  auto config = read(sources, files.config_place, ProfileFileKind::config);
  if (!config) {
    return tl::unexpected(std::move(config.error()));
  }
  auto keys = read(sources, files.keys_place, ProfileFileKind::credentials);
  if (!keys) {
    return tl::unexpected(std::move(keys.error()));
  }
  files.config = *std::move(config);
  files.keys = *std::move(keys);
  files.all = aws::merge(files.config, files.keys);
  return files;
}

std::string other_profiles(std::string_view name, const ProfileFiles& files)
{
  std::vector<std::string_view> names;
  for (const auto& [other, ignored] : files.all.profiles) {
    names.push_back(other);
  }
  const std::string_view near = nearest(name, names);
  return !near.empty()   ? fmt::format(R"(did you mean "{}"?)", near)
         : names.empty() ? "they hold no profile"
                         : fmt::format("they hold: {}", fmt::join(names, ", "));
}

Result<AwsProfile> selected_profile(const Sources& sources, const ProfileFiles& files)
{
  AwsProfile profile = wanted_profile(sources);
  const auto found = files.all.profiles.find(profile.name);
  if (found == files.all.profiles.end()) {
    if (profile.named) {
      return fail(ErrorKind::config,
                  fmt::format("AWS profile \"{}\" is not in {} or {}", profile.name,
                              files.config_place.shown, files.keys_place.shown),
                  other_profiles(profile.name, files));
    }
    return profile;
  }
  profile.found = true;
  profile.properties = found->second;
  auto services = services_of(profile, files.all);
  if (!services) {
    return tl::unexpected(std::move(services.error()));
  }
  profile.services = *std::move(services);
  return profile;
}

Result<AwsProfile> selected_profile(const Sources& sources)
{
  const auto files = read_profile_files(sources);
  return files ? selected_profile(sources, *files)
               : Result<AwsProfile>(tl::unexpected(files.error()));
}

const aws::Properties& ProfileQuery::properties() const
{
  static const aws::Properties none;
  const auto found = files.all.profiles.find(name);
  return found == files.all.profiles.end() ? none : found->second;
}

std::string ProfileQuery::value(const std::string& key) const
{
  const auto entry = properties().find(key);
  return entry == properties().end() ? std::string() : entry->second;
}

bool ProfileQuery::has(const std::string& key) const
{
  return !value(key).empty();
}

std::span<const ProfileKind> profile_kinds()
{
  return k_kinds;
}

Found from_kinds(const ProfileQuery& query, std::span<const ProfileKind> kinds)
{
  for (const ProfileKind& kind : kinds) {
    auto found = kind.find(query);
    if (!found || *found) {
      return found;
    }
  }
  return std::nullopt;
}

Found from_profile(const Sources& sources)
{
  const auto files = read_profile_files(sources);
  if (!files) {
    return tl::unexpected(files.error());
  }
  const auto profile = selected_profile(sources, *files);
  if (!profile) {
    return tl::unexpected(profile.error());
  }
  auto found = from_kinds({.sources = sources,
                           .files = *files,
                           .name = profile->name,
                           .with_env = sources.profile.empty()},
                          profile_kinds());
  if (found && !*found && profile->named) {
    note(sources, fmt::format("profile \"{}\" holds no credentials", profile->name));
  }
  return found;
}

} // namespace flame::client
