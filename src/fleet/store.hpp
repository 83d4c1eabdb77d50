#pragma once

#include "base/time.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What is where in a store, the part of a bucket that holds what machines get and what they say:
//   bundles/<sha256>.tar.gz              bundles, under their own digest
//   bundles/folder-<digest>.tar.gz       folders of S3, packed, under the digest of their listing
//   runs/<run>/<boot>/env.<expiry>       the environment of a boot, until its machines have read it
//   runs/<run>/<boot>/status             written before the launch, which proves the right to
//   runs/<run>/<boot>/<machine>/status   the stage lines of a machine, as on its console
//   runs/<run>/<boot>/<machine>/out.<n>  what a command of `run` prints, in parts from 00000000 on
//   runs/<run>/<boot>/<machine>/log      all that its script has said, at its end
//   runs/<run>/<boot>/<machine>/journal  the last that its release has said, at its end
// Keys begin with the store's prefix, which is "" or ends in '/'. Pure.
namespace flame::fleet {

std::string bundle_key(std::string_view prefix, std::string_view sha256, std::string_view suffix);
std::string folder_key(std::string_view prefix, std::string_view digest);
std::string runs_prefix(std::string_view prefix); // "<prefix>runs/"
std::string run_prefix(std::string_view prefix, std::string_view run_id);
std::string boot_prefix(std::string_view prefix, std::string_view run_id, std::string_view boot_id);

// Boots of a run sort by their time.
std::string boot_id(Seconds now, std::string_view random);

// `boot` is a boot_prefix(). `expires`: nobody can read it any more.
std::string environment_key(std::string_view boot, Seconds expires);
// Of an environment; nullopt for any other key.
std::optional<Seconds> environment_expiry(std::string_view key);

std::string output_key(std::string_view boot, std::string_view instance_id, unsigned part);
std::string boot_status_key(std::string_view boot);

// What a machine has written, "" for what it has not.
struct MachineKeys {
  std::string status = {};
  std::string log = {};
  std::string journal = {};
};
MachineKeys machine_keys(std::string_view boot, std::string_view instance_id);
// Of the newest boot that knows the machine.
MachineKeys find_machine_keys(std::span<const std::string> keys, std::string_view instance_id);

} // namespace flame::fleet
