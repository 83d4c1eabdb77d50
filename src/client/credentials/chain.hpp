#pragma once

#include "client/credentials/provider.hpp"

#include <span>

namespace flame::client {

// The order is AWS's: what is local and explicit first, what may wait for the network last. With
// --profile the profile alone is asked.
std::span<const Provider> default_chain();

// Kind credentials; the message names the providers that were asked.
Result<aws::Credentials> find_credentials(std::span<const Provider> chain, const Sources& sources);

} // namespace flame::client
