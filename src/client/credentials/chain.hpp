#pragma once

#include "client/credentials/provider.hpp"

#include <span>

namespace flame::client {

// The order is AWS's: what is local and explicit first, what may wait for the network last. With
// --profile the profile alone is asked.
std::span<const Provider> default_chain();

struct Discovery {
  aws::Credentials credentials = {};
  const Provider* provider = nullptr; // a row of the chain
};

// Kind credentials; the message names the providers that were asked. What a provider says of its
// own failure is passed on as it is.
Result<Discovery> discover(std::span<const Provider> chain, const Sources& sources);

// Finds credentials as often as they are needed. Once a provider had some it alone is asked for
// fresh ones, so that no other identity goes on with what this one began; nobody is asked for a
// code then, and a signal does not keep what is to be ended from being ended.
class Finder {
public:
  Finder(std::span<const Provider> chain, Sources sources);
  Result<aws::Credentials> find();

private:
  std::span<const Provider> chain_;
  Sources sources_;
};

} // namespace flame::client
