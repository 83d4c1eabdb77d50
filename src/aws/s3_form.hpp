#pragma once

#include "aws/s3.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// A form by which anyone who has it may write objects below a prefix: a policy, signed. Pure.
//
// Source: Amazon S3 API Reference, "Creating a POST policy"; the bytes are those of botocore's
// generate_presigned_post.
namespace flame::aws {

struct S3FormRules {
  std::string bucket = {};
  std::string prefix = {};   // of the keys that may be written
  std::uint64_t longest = 0; // bytes of an object
  Seconds expires = {};      // of the policy; the credentials may die before
  bool encrypted = true;     // x-amz-server-side-encryption=AES256
};

struct S3Form {
  std::string url = {};
  // In the order sent, before `key` and `file`, which the sender adds. Secret.
  std::vector<std::pair<std::string, std::string>> fields = {};
};

// `url` is that of the bucket, `scope.service` "s3", its region that of the bucket.
S3Form sign_s3_form(const S3FormRules& rules, std::string url, const SigningScope& scope,
                    const Credentials& credentials);

} // namespace flame::aws
