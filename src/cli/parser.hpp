#pragma once

#include "cli/command.hpp"

#include <optional>
#include <span>
#include <string>

// argv, understood by the tables. CLI11, which stays behind this header, tells flags, values and
// operands apart; values arrive exactly as typed.
namespace flame::cli {

struct Parsed {
  Invocation invocation = {};      // as far as it was understood, also with an error
  std::optional<Error> error = {}; // kind usage; all mistakes at once
};

// `arguments` is without the program's name. `--flag value`, `--flag=value`, `-o value`, `-ovalue`,
// `-vv`; flags and operands in any order; nothing is a flag after `--`.
Parsed parse(std::span<const std::string> arguments);

} // namespace flame::cli
