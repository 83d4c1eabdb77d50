#pragma once

#include "aws/secrets_api.hpp"
#include "client/service.hpp"

#include <memory>

// Secrets Manager over HTTP: GetSecretValue alone.
namespace flame::client {

std::unique_ptr<aws::SecretsApi> make_secrets_client(ClientOptions options, ClientParts parts);

} // namespace flame::client
