#pragma once

#include "aws/iam.hpp"
#include "client/service.hpp"

#include <memory>

// IAM over HTTP: GetInstanceProfile alone.
namespace flame::client {

class IamClient {
public:
  IamClient(ClientOptions options, ClientParts parts)
    : service_("iam", std::move(options), std::move(parts))
  {
  }

  aws::Outcome<aws::InstanceProfile> instance_profile(const std::string& name,
                                                      aws::CallLimit limit);

private:
  Service service_;
};

} // namespace flame::client
