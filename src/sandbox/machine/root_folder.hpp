#pragma once

#include "base/error.hpp"

#include <string>

namespace flame::sandbox::machine {

struct RootSpec {
  std::string id = {};         // names the instance for cloud-init's work
  std::string private_ip = {}; // names the machine: ip-10-0-0-9
  std::string user_data = {};  // raw
  std::string system = {};     // the root of the file system whose /usr will be there
  bool cloud_init = false;     // that of `system` runs, and asks the metadata service for user data
};

// Makes the root folder of a machine: an /etc, /var and /opt of its own, which live as long as the
// machine, reboots included; /usr and the like come from `system` when it boots. Without
// `cloud_init` a unit `cloud-final.service` runs the user data as cloud-init would: scripts, also
// gzipped, once per instance; a script that fails changes nothing.
Result<void> make_root_folder(const std::string& folder, const RootSpec& spec);

} // namespace flame::sandbox::machine
