#pragma once

#include "aws/ec2_api.hpp"

#include <string>

// Systems Manager's parameters as the deciding rooms see them: names that stand for image ids, and
// values that are kept secret.
namespace flame::aws {

class SsmApi {
public:
  SsmApi() = default;
  SsmApi(const SsmApi&) = delete;
  SsmApi& operator=(const SsmApi&) = delete;
  virtual ~SsmApi() = default;

  // The value of "NAME", "NAME:VERSION" or "NAME:LABEL". Retries as the SDKs do.
  virtual Outcome<std::string> parameter(const std::string& name, CallLimit limit) = 0;
  // The same of any kind, a SecureString decrypted (which needs kms:Decrypt too). Secret.
  virtual Outcome<std::string> decrypted(const std::string& name, CallLimit limit) = 0;
};

} // namespace flame::aws
