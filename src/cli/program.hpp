#pragma once

#include "cli/world.hpp"

#include <span>
#include <string>
#include <string_view>

namespace flame::cli {

// cli::run() of a program that was built from `commit`, "" when that is not known.
int run_program(std::span<const std::string> arguments, World& world, std::string_view commit);

} // namespace flame::cli
