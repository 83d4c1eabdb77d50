#pragma once

#include <optional>
#include <string>
#include <string_view>

// Access points: names for a bucket with a policy of their own.
namespace flame::aws {

struct AccessPoint {
  std::string name = {};
  std::string region = {};
  std::string account = {};
};

// "arn:aws:s3:eu-west-1:123456789012:accesspoint/name", also with ':' before the name. nullopt for
// any other ARN, and for one whose partition is not that of its region.
std::optional<AccessPoint> parse_access_point(std::string_view arn);

} // namespace flame::aws
