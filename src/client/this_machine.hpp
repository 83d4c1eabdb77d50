#pragma once

#include "aws/ec2_types.hpp"
#include "base/error.hpp"
#include "client/imds.hpp"

#include <string>

// What the machine that we run on is made of, as its metadata service says.
namespace flame::client {

struct ThisMachine {
  std::string region = {};
  // Id, image, type and address; when all is asked also subnet, groups, key and instance profile.
  // Subnet and groups are those of the first interface, by its MAC. "": it has none.
  aws::Instance instance = {};
};

enum class Asked {
  identity, // two requests, with that for the token
  all       // seven
};

// Kind config when there is no metadata service, or none without version 1; network when it fails,
// or says what cannot be: its values go into URLs, requests and files. At most 2 s pass until one
// that is absent is called so.
Result<ThisMachine> this_machine(Imds& imds, Asked asked);

} // namespace flame::client
