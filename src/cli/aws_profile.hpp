#pragma once

#include "aws/profile_file.hpp"
#include "base/error.hpp"
#include "cli/world.hpp"
#include "config/layers.hpp"

#include <string>

namespace flame::cli {

// One profile of ~/.aws/config and ~/.aws/credentials, and the services section that it names.
struct AwsProfile {
  aws::Properties properties = {};
  aws::Properties services = {}; // "ec2.endpoint_url"
  config::ProfileLookup lookup() const;
};

// `name`, else $AWS_PROFILE, else $AWS_DEFAULT_PROFILE, else "default". Files that are not there
// and a "default" that is not in them are an empty profile; a profile that was named and is not
// there is kind config. Files: $AWS_CONFIG_FILE and $AWS_SHARED_CREDENTIALS_FILE, else those in
// ~/.aws.
Result<AwsProfile> read_aws_profile(const std::string& name, const World& world);

} // namespace flame::cli
