#pragma once

#include "config/layers.hpp"
#include "config/options.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// THE command table. To add a subcommand: a file in commands/ and a row in commands.cpp; help, man
// page and completions follow.
namespace flame::cli {

// A flag that is no setting: of one command, or of all.
struct OwnFlag {
  std::string_view name;           // "--wait"
  std::string_view metavar;        // "TIME"; empty for a switch; "[=ec2]" for a switch with an
                                   // optional value
  std::string_view help;           // starts in lower case, no final period
  std::string_view letter = {};    // "-y"
  std::string_view values = {};    // all allowed values, blank separated
  std::string_view completes = {}; // what completes its value: "pools"
};

enum class Output { text, json, env };
enum class Color { automatic, always, never };

struct Command;

// The command line, understood.
struct Invocation {
  const Command* command = nullptr;
  bool help = false;
  bool whole_help = false; // with every setting
  bool version = false;
  bool quiet = false;
  int verbosity = 0;
  Output output = Output::text;
  Color color = Color::automatic;
  std::vector<config::Flag> settings = {};
  std::vector<config::Flag> own = {}; // of the command, in the order typed
  std::vector<std::string> operands = {};

  bool has(std::string_view flag) const;
  std::optional<std::string> value(std::string_view flag) const; // the last one wins
};

class Console;
struct World;

// Of a command that only looks for machines.
inline constexpr std::string_view k_usual_where = "region profile";
inline constexpr std::string_view k_text_or_json = "text json";

struct Command {
  std::string_view name;
  std::string_view summary;              // starts in lower case, no final period
  std::string_view operands;             // "[ID...]"; empty: takes none
  std::string_view text;                 // paragraphs for `--help` and the man page
  std::string_view example;              // command lines that work as they stand
  std::span<const config::Group> groups; // settings that it takes
  std::span<const OwnFlag> flags;
  Result<void> (*run)(const Invocation& invocation, World& world, Console& console);
  std::string_view operand_values = {}; // all allowed operands, blank separated
  std::string_view alias = {};          // another name: "ls"
  // Of a command whose statuses are those of what it runs: the one for an error, which it may note.
  int (*status_of)(const Invocation& invocation, World& world, const Error& error) = nullptr;
  std::string_view usual = k_usual_where; // keys of settings that `--help` shows, blank separated
  std::string_view outputs = k_text_or_json; // what `--output` may say, blank separated
};

std::span<const Command> commands();
const Command* find_command(std::string_view name); // or alias; nullptr: no such command
std::span<const OwnFlag> global_flags();
std::span<const OwnFlag> settings_flags(); // of all commands that take settings

bool is_switch(const OwnFlag& flag); // takes no value, or an optional one
std::vector<const config::Option*> options_of(const Command& command);

} // namespace flame::cli
