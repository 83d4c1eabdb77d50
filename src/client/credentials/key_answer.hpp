#pragma once

#include "aws/credentials.hpp"
#include "base/error.hpp"
#include "client/json_fields.hpp"

#include <string>
#include <string_view>

// Keys in JSON, as programs and services give them. Pure.
namespace flame::client {

// What the members are called: "AccessKeyId", or "roleCredentials.accessKeyId".
struct KeyNames {
  std::string_view id = "AccessKeyId";
  std::string_view secret = "SecretAccessKey";
  std::string_view token = "Token";
  std::string_view expiration = "Expiration"; // ISO 8601, or milliseconds since 1970
  std::string_view account = "AccountId";
  bool temporary = true; // token and expiration have to be there
};

// Kind credentials when something is missing or is no time; the message begins with `whom` and
// names the member, never a value.
Result<aws::Credentials> keys_of(const JsonFields& fields, const KeyNames& names,
                                 std::string_view whom);

} // namespace flame::client
