#pragma once

#include "config/layers.hpp"

#include <span>
#include <string>
#include <vector>

// argv, told apart by CLI11, which stays behind this header. Which flags there are comes from the
// tables; what they mean for a command is the parser's to say.
namespace flame::cli {

// In the order typed.
struct Arguments {
  std::vector<config::Flag> flags = {}; // the name as it was typed
  std::vector<std::string> operands = {};
  std::vector<std::string> unknown = {}; // begin with '-'
  std::string lacks_value = {};          // the last argument, when it is a flag without its value
};

Arguments read_arguments(std::span<const std::string> arguments);

} // namespace flame::cli
