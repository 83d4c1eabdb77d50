#pragma once

#include "cli/world.hpp"

#include <string>
#include <string_view>

// Completions for the shells. The scripts are made from the tables alone; what only this computer
// knows (pools of the file, profiles) they ask the binary for, when somebody presses the key.
namespace flame::cli {

// The script for "bash", "zsh" or "fish". "" for another shell. Pure.
std::string completion(std::string_view shell);

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

inline constexpr std::string_view k_asked_kinds =
  "images pools profiles regions"; // blank separated
bool can_be_asked(std::string_view kind);

// The values of such a kind, one a line; "" when there are none, or they cannot be read: a shell
// that completes is no place for messages. Values with control characters are left out.
std::string asked_values(std::string_view kind, const World& world);

} // namespace flame::cli
