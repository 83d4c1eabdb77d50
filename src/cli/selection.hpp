#pragma once

#include "cli/command.hpp"
#include "cli/world.hpp"
#include "fleet/finding.hpp"

#include <span>
#include <string_view>

// Which machines a command is about: from its command line only, never from a variable or a file of
// settings. Errors are of kind usage, and config for a file that cannot be read.
namespace flame::cli {

// What --run-id, --run-id-file, --app, --all and the operands say. An empty value is the variable
// of a script that was not set, and a mistake; so is an id that tags or filters cannot carry.
Result<fleet::Selector> read_selector(const Invocation& invocation, const World& world);

// The same, of exactly one of `flags` and the operands.
Result<fleet::Selector> read_one_selector(const Invocation& invocation, const World& world,
                                          std::span<const std::string_view> flags);

// "run ci-7", "app demo", "flame-ec2"
std::string about(const fleet::Selector& selector);

// The time of a flag, `standard` when it was not given.
Result<Millis> time_of(const Invocation& invocation, std::string_view flag, Millis standard);

} // namespace flame::cli
