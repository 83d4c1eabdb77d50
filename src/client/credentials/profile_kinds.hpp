#pragma once

#include "client/credentials/profile.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// What may be in a profile that gives credentials.
namespace flame::client {

// One look at one profile.
struct ProfileQuery {
  const Sources& sources;
  const ProfileFiles& files;
  std::string name = {};
  bool with_env = false; // whether AWS_WEB_IDENTITY_TOKEN_FILE and its companions count
  std::vector<std::string> behind = {}; // profiles that lead here by source_profile

  const aws::Properties& properties() const; // empty when it is not there
  bool has(const std::string& key) const;    // and is not empty
  std::string value(const std::string& key) const;
};

struct ProfileKind {
  std::string_view name;
  Found (*find)(const ProfileQuery& query);
};

// In the order of AWS's command line.
std::span<const ProfileKind> profile_kinds();

// The first kind that has an answer.
Found from_kinds(const ProfileQuery& query, std::span<const ProfileKind> kinds);

// One file each.
Found from_assumed_role(const ProfileQuery& query);
Found from_web_identity(const ProfileQuery& query);
Found from_sso(const ProfileQuery& query);
Found from_credentials_file(const ProfileQuery& query);
Found from_login(const ProfileQuery& query);
Found from_process(const ProfileQuery& query);
Found from_config_file(const ProfileQuery& query);

bool is_role(const ProfileQuery& query);         // by source_profile or credential_source
bool has_static_keys(const ProfileQuery& query); // or half of them

} // namespace flame::client
