#pragma once

#include <string>
#include <string_view>

namespace flame::cli {

// The completion script for "bash", "zsh" or "fish", from the tables. "" for another shell. Pure.
std::string completion(std::string_view shell);

} // namespace flame::cli
