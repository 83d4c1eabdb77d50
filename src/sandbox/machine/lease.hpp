#pragma once

#include "base/error.hpp"
#include "sandbox/machine/descriptor.hpp"

#include <optional>
#include <string>

namespace flame::sandbox::machine {

// Where the leases of this host's sandboxes are.
inline constexpr const char* k_lease_folder = "/run/flame-ec2-sandbox";

// What a host of machines owns on this computer: a folder and a cgroup, both named after a random
// token. A file in k_lease_folder says so for as long as the owner holds a lock on it; the lock
// ends with the process however that ends, and the next one to take a lease removes what the dead
// have left. Namespaces, mounts and processes end with their owner by themselves.
class Lease {
public:
  // `state_folder` is made when it is not there. Removes the leftovers of others first.
  static Result<Lease> take(const std::string& state_folder);

  Lease(Lease&&) = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease(); // removes the folder, `state_folder` when that is then empty, the cgroup and the file

  const std::string& folder() const { return folder_; } // 0700
  const std::string& cgroup() const { return token_; }  // exists, empty

private:
  Lease(std::string token, std::string folder, Descriptor lock);
  static Result<Lease> claim(const std::string& token, const std::string& folder);

  std::string token_;
  std::string folder_;
  Descriptor lock_;
};

} // namespace flame::sandbox::machine
