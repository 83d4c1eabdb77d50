#pragma once

#include "cli/command.hpp"
#include "cli/config_file.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"
#include "config/layers.hpp"

#include <optional>

namespace flame::cli {

// What `configure --auto` or `--like` adds to the flags, with what comes with that said; nullopt
// when neither is given. Whom to ask is said by flags, variables and the file that is there
// already. Kind usage for both at once, or with --show; kind config as auto_configure.hpp has it.
Result<std::optional<config::Layer>> looked_up_layer(const Invocation& invocation,
                                                     const ConfigPlace& place, World& world,
                                                     Console& console);

} // namespace flame::cli
