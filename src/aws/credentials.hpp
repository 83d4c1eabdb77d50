#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>

namespace flame::aws {

// A set of keys. Never printed; at most the last four letters of the id are shown.
struct Credentials {
  std::string access_key_id = {};
  std::string secret_access_key = {};
  std::string session_token = {};         // empty for long-lived keys
  std::optional<Seconds> expiration = {}; // nullopt: they do not expire, or it is not known
  std::string account_id = {};            // empty when the source did not say
  std::string provider = {};              // who gave them: "environment", "profile dev", "imds"
  // A machine's role: AWS takes the keys on when its metadata service cannot give fresh ones.
  bool survives_expiry = false;
};

} // namespace flame::aws
