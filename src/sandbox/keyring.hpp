#pragma once

#include "base/time.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

// The credentials that the sandbox accepts: made up at its start, known to nobody else.
namespace flame::sandbox {

struct Key {
  std::string id = {};
  std::string secret = {};
  std::string token = {}; // "" for the user's own key
  std::string arn = {};   // whom GetCallerIdentity names
  std::string user_id = {};
  std::optional<Seconds> expires = {};
};

// Thread-safe.
class Keyring {
public:
  Key add_user(const std::string& name); // lives as long as the sandbox
  // Temporary credentials of a role for `session`, the same ones while an hour of their six is
  // left, then new ones. The old ones are accepted to their end.
  Key role(const std::string& role, const std::string& session, Seconds now);
  std::optional<Key> find(std::string_view id) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, Key, std::less<>> keys_;
  std::map<std::string, std::string> of_session_; // "role/session" to the newest key's id
};

} // namespace flame::sandbox
