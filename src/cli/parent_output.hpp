#pragma once

#include "cli/command.hpp"
#include "flame/parent.hpp"

#include <string>
#include <string_view>

// What decode-parent prints. Pure.
namespace flame::cli {

// All that is known of it, never its pid, its reference or the value itself. `error` is what is
// wrong with it, nullptr for nothing; in JSON it is a member. text: one thing a line; env:
// variables that begin with FLAME_PARENT_.
std::string parent_output(const child::Parent& parent, const Error* error, Output output);

// The value itself: alone, as {"flame_parent":…}, or as the variable FLAME_PARENT.
std::string example_output(std::string_view value, Output output);

} // namespace flame::cli
