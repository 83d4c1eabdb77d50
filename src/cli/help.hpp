#pragma once

#include "cli/command.hpp"

#include <string>

// `--help` from the tables. Pure.
namespace flame::cli {

std::string main_help(); // fits a screen of 24 lines
std::string command_help(const Command& command);

// "boot [flags]", "terminate [flags] [ID...]"
std::string usage(const Command& command);

// "--env KEY=VALUE", "--dry-run[=ec2]"
std::string with_metavar(std::string_view flag, std::string_view metavar);

// At most 80 columns; `indent` blanks before every line but the first.
std::string wrapped(std::string_view text, std::size_t first_column, std::size_t indent);

} // namespace flame::cli
