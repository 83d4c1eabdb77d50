#pragma once

#include "cli/command.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// `--help` from the tables. Pure. Lines are at most `width` columns long, where no single word is
// longer.
namespace flame::cli {

std::string overview(std::size_t width);  // of flame-ec2 alone: what it is, what most need
std::string main_help(std::size_t width); // every command; fits a screen of 24 lines of 80
// What most calls need, in at most 40 lines of 80.
std::string command_help(const Command& command, std::size_t width);
// All that is said of the command, every setting that it takes, and the exit statuses.
std::string whole_help(const Command& command, std::size_t width);
// The commands, every setting, and the exit statuses.
std::string whole_help(std::size_t width);
std::string statuses_help(std::size_t width);

// The exit statuses in their order, for people: "128+n" and "interrupted: ended by …".
struct Status {
  std::string number = {};
  std::string meaning = {};
};
std::vector<Status> statuses();

// The terminal's columns, but at most 100; 80 where there is none.
std::size_t help_width(std::optional<int> terminal);

// "boot [flags]", "terminate [flags] [ID...]"
std::string usage(const Command& command);

// "--env KEY=VALUE", "--dry-run[=ec2]"
std::string with_metavar(std::string_view flag, std::string_view metavar);

} // namespace flame::cli
