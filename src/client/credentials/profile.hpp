#pragma once

#include "aws/profile_file.hpp"
#include "client/credentials/provider.hpp"

#include <string>
#include <string_view>

// ~/.aws/config and ~/.aws/credentials.
namespace flame::client {

struct AwsProfile {
  std::string name = "default";
  bool named = false; // by --profile or AWS_PROFILE, so it has to be there
  bool found = false;
  aws::Properties properties = {}; // of both files; credentials win
  aws::Properties services = {};   // "ec2.endpoint_url", of the section it names
  bool keys_in_credentials_file = false;

  // "region", "ca_bundle", "ec2.endpoint_url"; "" for what is not set.
  std::string value(std::string_view key) const;
};

// The profile that --profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or nobody names. An error when a
// file cannot be read or parsed, or when a named profile is not there: kind config (its hint
// gives the nearest name).
Result<AwsProfile> selected_profile(const Sources& sources);

} // namespace flame::client
