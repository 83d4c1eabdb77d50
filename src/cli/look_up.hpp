#pragma once

#include "boot/like.hpp"
#include "boot/look_up.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <optional>
#include <span>

namespace flame::cli {

// What a plan is made of.
struct Known {
  config::Configured configured = {};
  boot::Facts facts = {};
};

// What fills the settings that a launch template leaves open.
struct Filling {
  const std::optional<boot::Model>& here; // as auto_configure() returns it; outlives the call
  std::span<const config::Group> groups;  // only settings of these
};

// Adds what AWS says that the plan depends on, with the warnings said. Errors as those of
// boot::look_up() and fill_beside_template().
Result<Known> look_up(Known known, const Filling& filling, Cloud& cloud, aws::CallLimit limit,
                      Console& console);

} // namespace flame::cli
