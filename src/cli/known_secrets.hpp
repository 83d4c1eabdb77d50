#pragma once

#include "cli/command.hpp"
#include "cli/world.hpp"

#include <string>
#include <vector>

namespace flame::cli {

// What must not be shown of a machine's console, as far as this computer knows it: the values of
// env, cookie and FLAME_PARENT that file and variables set for a boot, and AWS's keys.
std::vector<std::string> known_secrets(const Invocation& invocation, const World& world);

} // namespace flame::cli
