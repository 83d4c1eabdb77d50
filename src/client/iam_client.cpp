#include "client/iam_client.hpp"

namespace flame::client {

aws::Outcome<aws::InstanceProfile> IamClient::instance_profile(const std::string& name,
                                                               aws::CallLimit limit)
{
  const std::string body = aws::get_instance_profile_form(name);
  return service_.call({.action = "GetInstanceProfile", .body = body}, limit,
                       aws::parse_instance_profile);
}

} // namespace flame::client
