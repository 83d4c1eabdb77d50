#pragma once

#include "aws/profile_file.hpp"
#include "client/credentials/provider.hpp"

#include <string>
#include <string_view>

// ~/.aws/config and ~/.aws/credentials.
namespace flame::client {

struct ProfilePlace {
  std::string path = {};  // "" when there is no home
  std::string shown = {}; // "~/.aws/config"
};

// Both files, each for itself and together: credentials win.
struct ProfileFiles {
  ProfilePlace config_place = {};
  ProfilePlace keys_place = {};
  aws::ProfileFile config = {};
  aws::ProfileFile keys = {};
  aws::ProfileFile all = {};
};

// A file that is not there is empty; one that cannot be read or parsed is an error: kind config.
Result<ProfileFiles> read_profile_files(const Sources& sources);

struct AwsProfile {
  std::string name = "default";
  bool named = false; // by --profile or AWS_PROFILE, so it has to be there
  bool found = false;
  aws::Properties properties = {}; // of both files; credentials win
  aws::Properties services = {};   // "ec2.endpoint_url", of the section it names

  // "region", "s3.addressing_style"; of its services "ec2.endpoint_url". "" for what is not set.
  std::string value(std::string_view key) const;
};

// The profile that --profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or nobody names. Kind config when a
// named profile is not there (the hint gives the nearest name), or the services it names.
Result<AwsProfile> selected_profile(const Sources& sources, const ProfileFiles& files);

// Both steps at once.
Result<AwsProfile> selected_profile(const Sources& sources);

// A hint for a name that is not among the profiles: the nearest one, or all.
std::string other_profiles(std::string_view name, const ProfileFiles& files);

} // namespace flame::client
