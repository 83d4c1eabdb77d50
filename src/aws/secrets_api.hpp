#pragma once

#include "aws/ec2_api.hpp"

#include <string>

// Secrets Manager as the deciding rooms see it.
namespace flame::aws {

class SecretsApi {
public:
  SecretsApi() = default;
  SecretsApi(const SecretsApi&) = delete;
  SecretsApi& operator=(const SecretsApi&) = delete;
  virtual ~SecretsApi() = default;

  // The current value of a secret by its name or ARN: its text, or the bytes of a binary one.
  // Retries as the SDKs do.
  virtual Outcome<std::string> secret(const std::string& id, CallLimit limit) = 0;
};

} // namespace flame::aws
