#pragma once

#include "cli/command.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>

namespace flame::cli {

// Each setting with its value and where it comes from; secrets as ***. text: a table of key, value
// and origin, folded where the terminal's `width` is too small; json: an object by key of {"value",
// "origin", "default"}; env: like text. Pure.
std::string settings_output(const config::Configured& configured, Output output,
                            std::optional<int> width);

} // namespace flame::cli
