#pragma once

#include "config/settings.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// THE option table: one row per setting. The parser, the variables, `--help`, the man page and the
// completions all read it. To add a setting: a field in settings.hpp and a row in options.cpp.
namespace flame::config {

// The type of the field decides how text becomes a value. monostate: the option names a file that
// holds other options (Rules::file_of).
using Field =
  std::variant<std::monostate, std::string Settings::*, bool Settings::*,
               std::vector<std::string> Settings::*, std::map<std::string, std::string> Settings::*,
               std::optional<bool> Settings::*, std::optional<int> Settings::*,
               std::optional<Millis> Settings::*, std::optional<Lifetime> Settings::*,
               std::optional<WaitFor> Settings::*>;

// How a value is written, in the file and in JSON.
enum class Kind { file, text, toggle, number, time, list, map };

// Which commands take an option: each names the groups it takes. Also the headings of `--help`.
enum class Group { where, release, machine, limits };

std::string_view title(Group group); // "What runs"
std::span<const Group> all_groups(); // in the order for people

// Where an option may be set.
inline constexpr unsigned k_flag = 1;
inline constexpr unsigned k_variable = 2;
inline constexpr unsigned k_file = 4;
inline constexpr unsigned k_attached = 8;
inline constexpr unsigned k_anywhere = k_flag | k_variable | k_file | k_attached;

// The value as it is kept, or what is wrong with it, without naming the option. `name` is the
// entry of a map, "" otherwise. An error never holds the value of a secret.
using Clean = Result<std::string> (*)(std::string_view name, std::string_view value);

// The rarer columns.
struct Rules {
  std::string_view aliases = {};   // other keys, blank separated: flag and variable follow
  std::string_view flags = {};     // other flags, blank separated: "-e"
  std::string_view variable = {};  // when it is not FLAME_EC2_<KEY>
  std::string_view otherwise = {}; // variables of others that give the default, first set wins
  std::string_view standard = {};  // for people: what is done when nobody says
  std::string_view values = {};    // all allowed values, blank separated
  std::string_view ec2 = {};       // RunInstances parameter, when it is sent as it is
  std::string_view file_of = {};   // key of the option whose values stand in the named file
  Clean clean = nullptr;           // nullptr: any text but an empty one
  unsigned sources = k_anywhere;
  bool secret = false;  // shown as ***
  char separator = ','; // between the elements of a list
  int least = 0;        // of a number
  int most = 0;
  // Of a map: numbers and booleans are values too, kept as text; in the file also tables and lists,
  // whose names are joined with dots as those of EC2's parameters are.
  bool scalars = false;
  // Where requests and credentials go: not taken from a file of settings that nobody named.
  bool guarded = false;
  std::string_view no_effect = {}; // taken for users of others, and what is said when it is set
  std::string_view completes = {}; // what completes its value: "regions", "profiles"
};

struct Option {
  std::string_view key; // "key_name" in the file; the flag is --key-name, the variable
                        // FLAME_EC2_KEY_NAME
  Field field;
  Group group;
  std::string_view metavar; // "NAME"; empty for a switch
  std::string_view help;    // starts in lower case, no final period
  Rules rules = {};
};

std::span<const Option> options();

Kind kind(const Option& option);
bool is_list(const Option& option);
bool is_map(const Option& option);
bool is_number(const Option& option);
// Yes, no or not said: its flags have a --no-… beside them.
bool is_choice(const Option& option);

// Own name first, then aliases. Empty when the option has no flag, no variable or no key of files.
std::vector<std::string> key_names(const Option& option);      // "key_name"
std::vector<std::string> flag_names(const Option& option);     // "--key-name"; --no-… come last
std::vector<std::string> variable_names(const Option& option); // "FLAME_EC2_KEY_NAME"

// nullptr: no such option. Aliases are found too.
const Option* find_key(std::string_view key);
const Option* find_flag(std::string_view flag);              // "--key-name", "-e"
const Option* find_variable(std::string_view variable);      // "FLAME_EC2_KEY_NAME"
bool is_denial(const Option& option, std::string_view flag); // "--no-public-ip"

// The value as it could be typed again: "" when it is not set. Also of a secret.
std::string text_of(const Option& option, const Settings& settings);

// The value for people: "" when it is not set, *** for a secret, names of `env` alone.
std::string shown(const Option& option, const Settings& settings);

std::string_view name(WaitFor wait_for); // "running"

} // namespace flame::config
