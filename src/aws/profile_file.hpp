#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>

// The grammar of ~/.aws/config and ~/.aws/credentials, as AWS's cross-SDK tests have it. Pure.
namespace flame::aws {

using Properties = std::map<std::string, std::string>; // keys in lower case

struct ProfileFile {
  std::map<std::string, Properties> profiles = {};
  std::map<std::string, Properties> sso_sessions = {};
  std::map<std::string, Properties> services = {}; // sub-properties: "ec2.endpoint_url"
};

enum class ProfileFileKind { config, credentials };

// `name` is for messages ("~/.aws/config"); they carry name and line, never a value. Kind config.
Result<ProfileFile> parse_profile_file(std::string_view text, ProfileFileKind kind,
                                       std::string_view name);

// Values of `credentials` win over those of `config`.
ProfileFile merge(ProfileFile config, const ProfileFile& credentials);

} // namespace flame::aws
