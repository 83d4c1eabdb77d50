#pragma once

#include "cli/world.hpp"

#include <span>
#include <string>

namespace flame::cli {

// The whole program: understands the arguments (without the program's name), runs the command,
// says what went wrong, returns the exit status. The one place that turns an Error into a status.
int run(std::span<const std::string> arguments, World& world);

} // namespace flame::cli
