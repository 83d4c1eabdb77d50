#pragma once

#include "aws/ssm_api.hpp"
#include "client/service.hpp"

#include <memory>

// Systems Manager over HTTP: GetParameter alone.
namespace flame::client {

std::unique_ptr<aws::SsmApi> make_ssm_client(ClientOptions options, ClientParts parts);

} // namespace flame::client
