#include "sandbox/keyring.hpp"

#include "sandbox/random.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

namespace flame::sandbox {

Key Keyring::add_user(const std::string& name)
{
  Key key{.id = "AKIA" + random_upper(16),
          .secret = random_secret(40),
          .arn = fmt::format("arn:aws:iam::{}:user/{}", k_account, name),
          .user_id = "AIDA" + random_upper(17)};
  const std::lock_guard lock(mutex_);
  keys_[key.id] = key;
  return key;
}

Key Keyring::role(const std::string& role, const std::string& session, Seconds now)
{
  const std::lock_guard lock(mutex_);
  std::string& id = of_session_[role + "/" + session];
  if (const auto known = keys_.find(id);
      known != keys_.end() && *known->second.expires - now > std::chrono::hours(1)) {
    return known->second;
  }
  Key key{.id = "ASIA" + random_upper(16),
          .secret = random_secret(40),
          .token = "IQoJ" + random_secret(396),
          .arn = fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", k_account, role, session),
          .user_id = fmt::format("AROA{}:{}", random_upper(17), session),
          .expires = now + std::chrono::hours(6)};
  id = key.id;
  keys_[key.id] = key;
  return key;
}

std::optional<Key> Keyring::find(std::string_view id) const
{
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(id);
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace flame::sandbox
