#pragma once

#include "client/credentials/assume.hpp"

#include <optional>

// The keys of roles that AWS's command line keeps in ~/.aws/cli/cache: an MFA code that was typed
// for one of both tools serves the other.
namespace flame::client {

// What is kept for such a call, when it lasts for more than a quarter of an hour. `call` is
// complete but for its code and its keys. What cannot be read is as good as nothing.
std::optional<aws::Credentials> kept_role(const Sources& sources, const RoleCall& call);

// Keeps it, mode 0600. Nobody minds when that cannot be.
void keep_role(const Sources& sources, const RoleCall& call, const aws::Credentials& role);

} // namespace flame::client
