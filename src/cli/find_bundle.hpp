#pragma once

#include "aws/s3_api.hpp"
#include "boot/inspect.hpp"
#include "boot/reach.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"
#include "config/settings.hpp"

// The bundle of a boot, before its first launch: found, looked into, and uploaded or packed where
// that has to be.
namespace flame::cli {

// All that it refers to outlives the call.
struct FindBundle {
  const boot::Bundle& bundle;
  const boot::Runner& runner; // that will fetch it
  const config::Settings& settings;
  aws::S3Api& s3; // not asked about what is carried within the user data, or on the web
  World& world;
  Console& console;
  boot::InspectFor inspect = {};
};

// What the machine is to fetch, pinned, all but the URLs: those of files hold the keys of their
// objects. Errors are those of boot/reach and boot/inspect, and those of S3; each means that no
// machine could get it.
Result<boot::Reached> find_bundle(const FindBundle& parts);

} // namespace flame::cli
