#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <functional>
#include <string>
#include <vector>

// Commands that look at one region, or with `--region all` at every one that is enabled.
namespace flame::cli {

struct Place {
  config::Settings settings = {}; // with the region to ask first
  bool everywhere = false;
};

// The settings of the command, all mistakes at once. `all` counts as a region on the command line
// alone. Kind config.
Result<Place> read_place(const Invocation& invocation, World& world, Console& console);
// The same for commands that look at one region only.
Result<config::Settings> read_region(const Invocation& invocation, World& world, Console& console);

using RegionWork = std::function<Result<void>(const std::string& region, Cloud& cloud)>;

// Everywhere, a region that fails keeps no other from its turn: the error names each, is of the
// first one's kind, and has the machines of all. A signal ends it.
Result<void> in_each_region(const Place& place, World& world, Console& console,
                            const RegionWork& work);

// EC2's time, by the Date of its last answer. Kind network when it has sent none.
Result<Seconds> server_time(const client::Ec2Client& ec2);

} // namespace flame::cli
