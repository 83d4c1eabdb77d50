#include "cli/parser.hpp"

#include "base/text.hpp"
#include "cli/arguments.hpp"
#include "cli/meant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::cli {
namespace {

// A flag of any table.
struct Known {
  const OwnFlag* own = nullptr;
  const config::Option* option = nullptr;
  explicit operator bool() const { return own != nullptr || option != nullptr; }
  std::string_view metavar() const { return own != nullptr ? own->metavar : option->metavar; }
  std::string_view values() const { return own != nullptr ? own->values : ""; }
};

const OwnFlag* find_own(std::span<const OwnFlag> flags, std::string_view name)
{
  const auto row = std::ranges::find_if(
    flags, [&](const OwnFlag& flag) { return flag.name == name || flag.letter == name; });
  return row == flags.end() ? nullptr : &*row;
}

bool takes(const Command& command, const config::Option& option)
{
  return std::ranges::count(command.groups, option.group) > 0;
}

// Values that are one of a few words: what else was meant.
std::string choose_hint(std::string_view value, std::string_view values)
{
  const std::vector<std::string> all = split(values, ' ');
  const std::vector<std::string_view> candidates(all.begin(), all.end());
  const std::string_view meant = nearest(value, candidates);
  return meant.empty() ? fmt::format("choose one of {}", join(all, ", "))
                       : fmt::format("did you mean {}? the values are {}", meant, join(all, ", "));
}

std::string_view name_of(Output output)
{
  return output == Output::json ? "json" : output == Output::env ? "env" : "text";
}

bool is_switch_like(std::string_view metavar)
{
  return metavar.empty() || metavar.starts_with('[');
}

class Parser {
public:
  // What comes after "--" are operands, whatever they look like.
  explicit Parser(std::span<const std::string> arguments) : arguments_(arguments)
  {
    const auto end = std::ranges::find(arguments, "--");
    told_ = read_arguments({arguments.begin(), end});
    if (end != arguments.end()) {
      told_.operands.insert(told_.operands.end(), end + 1, arguments.end());
    }
  }

  Parsed parse()
  {
    if (!told_.operands.empty()) {
      command(told_.operands.front());
      invocation().operands.assign(told_.operands.begin() + 1, told_.operands.end());
    }
    for (const config::Flag& flag : told_.flags) {
      take(flag.name, flag.value);
    }
    for (const std::string& argument : told_.unknown) {
      unknown_flag(argument.substr(0, argument.find('=')));
    }
    check();
    if (!mistakes_.empty()) {
      parsed_.error = mistakes_.error();
    }
    return std::move(parsed_);
  }

private:
  void command(const std::string& text)
  {
    invocation().command = find_command(text);
    if (invocation().command != nullptr) {
      return;
    }
    unknown_command_ = true;
    mistakes_.add(fmt::format("there is no command \"{}\"", text), meant_command(text));
  }

  void take(const std::string& name, const std::string& value)
  {
    const Known known = find(name);
    if (!known) {
      return unknown_flag(name);
    }
    if (known.own != nullptr && known.own->metavar.empty() && value != "true") {
      mistakes_.add(fmt::format("{} takes no value", name), fmt::format("write {} alone", name));
      return;
    }
    const bool alone = known.own != nullptr && is_switch(*known.own) && value == "true";
    const bool chosen =
      known.values().empty() || alone || std::ranges::count(split(known.values(), ' '), value) > 0;
    if (!chosen) {
      mistakes_.add(fmt::format("\"{}\" is no value of {}", value, name),
                    choose_hint(value, known.values()));
      return;
    }
    keep(name, known, alone ? "" : value);
  }

  void keep(const std::string& name, const Known& known, std::string value)
  {
    if (known.option != nullptr) {
      invocation().settings.push_back({name, std::move(value)});
    } else if (find_own(global_flags(), name) != nullptr) {
      keep_global(known.own->name, value);
    } else {
      invocation().own.push_back({std::string(known.own->name), std::move(value)});
    }
  }

  void keep_global(std::string_view name, std::string_view value)
  {
    Invocation& to = invocation();
    to.help = to.help || name == "--help";
    to.whole_help = to.whole_help || name == "--help-all";
    to.version = to.version || name == "--version";
    to.quiet = to.quiet || name == "--quiet";
    to.verbosity += name == "--verbose" ? 1 : 0;
    if (name == "--json" || name == "--output") {
      to.output = name == "--json" || value == "json" ? Output::json
                  : value == "env"                    ? Output::env
                                                      : Output::text;
    }
    if (name == "--color") {
      to.color = value == "always"  ? Color::always
                 : value == "never" ? Color::never
                                    : Color::automatic;
    }
  }

  // A command's own flags hide settings of the same name: `terminate --app` is a selector.
  Known find(std::string_view name)
  {
    const Command* command = invocation().command;
    const OwnFlag* own = command == nullptr ? nullptr : find_own(command->flags, name);
    own = own == nullptr ? find_own(global_flags(), name) : own;
    if (own == nullptr && (command == nullptr || !command->groups.empty())) {
      own = find_own(settings_flags(), name);
    }
    if (own != nullptr) {
      return {.own = own};
    }
    const config::Option* option = config::find_flag(name);
    const bool taken = option != nullptr && (command == nullptr || takes(*command, *option));
    return {.option = taken ? option : nullptr};
  }

  // Names of all flags that can stand here.
  std::vector<std::string> flags_here() const
  {
    const Command* command = parsed_.invocation.command;
    std::vector<std::string> names;
    const auto add = [&](std::span<const OwnFlag> flags) {
      std::ranges::transform(flags, std::back_inserter(names),
                             [](const OwnFlag& flag) { return std::string(flag.name); });
    };
    add(global_flags());
    if (command != nullptr) {
      add(command->flags);
    }
    if (command == nullptr || !command->groups.empty()) {
      add(settings_flags());
    }
    for (const config::Option& option : config::options()) {
      if (command == nullptr || takes(*command, option)) {
        std::ranges::move(config::flag_names(option), std::back_inserter(names));
      }
    }
    return names;
  }

  void unknown_flag(const std::string& name)
  {
    if (unknown_command_) {
      return; // it may be a flag of the command that was meant
    }
    const Command* command = invocation().command;
    const std::vector<std::string> names = flags_here();
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    // Neither a flag of other commands nor a letter is a slip of the finger.
    const bool slip = config::find_flag(name) == nullptr && name.starts_with("--");
    const std::string_view meant = slip ? nearest(name, candidates) : "";
    const std::string where = command == nullptr ? "" : fmt::format(" {}", command->name);
    const bool of_others =
      command != nullptr && command->operands.starts_with("--") && !invocation().operands.empty();
    mistakes_.add(fmt::format("flame-ec2{} has no flag {}", where, name),
                  of_others
                    ? fmt::format("flags of the command itself stand behind --: flame-ec2{} "
                                  "[flags] -- {} {}",
                                  where, invocation().operands.front(), name)
                  : meant.empty() ? fmt::format("see: flame-ec2{} --help", where)
                                  : fmt::format("did you mean {}?", meant));
    if (!meant.empty() && !is_switch_like(find(meant).metavar())) {
      leave_out_value_of(name);
    }
  }

  // What stands behind a misspelt flag is its value, and no operand that is one too many.
  void leave_out_value_of(const std::string& name)
  {
    const auto flag = std::ranges::find(arguments_, name);
    auto& operands = invocation().operands;
    if (flag != arguments_.end() && flag + 1 != arguments_.end()) {
      const auto value = std::ranges::find(operands, *(flag + 1));
      operands.erase(value, value == operands.end() ? value : value + 1);
    }
  }

  // What can only be said once all is read.
  void check()
  {
    if (!told_.lacks_value.empty()) {
      const Known known = find(told_.lacks_value);
      mistakes_.add(fmt::format("{} needs a value", told_.lacks_value),
                    known ? fmt::format("write {} {}", told_.lacks_value, known.metavar()) : "");
    }
    const Command* command = invocation().command;
    if (command == nullptr) {
      if (mistakes_.empty() && !invocation().help && !invocation().whole_help
          && !invocation().version) {
        mistakes_.add("no command is given", "see: flame-ec2 --help");
      }
      return;
    }
    const std::string_view output = name_of(invocation().output);
    if (std::ranges::count(split(command->outputs, ' '), output) == 0) {
      mistakes_.add(fmt::format("{} has no --output {}", command->name, output),
                    choose_hint("", command->outputs));
    }
    for (const std::string& operand : invocation().operands) {
      if (command->operands.empty()) {
        mistakes_.add(fmt::format("flame-ec2 {} takes no operand \"{}\"", command->name, operand),
                      fmt::format("see: flame-ec2 {} --help", command->name));
      } else if (!command->operand_values.empty()
                 && !std::ranges::count(split(command->operand_values, ' '), operand)) {
        mistakes_.add(fmt::format("flame-ec2 {} does not know \"{}\"", command->name, operand),
                      choose_hint(operand, command->operand_values));
      }
    }
  }

  Invocation& invocation() { return parsed_.invocation; }

  std::span<const std::string> arguments_;
  Arguments told_ = {};
  bool unknown_command_ = false;
  Parsed parsed_ = {};
  Mistakes mistakes_{ErrorKind::usage};
};

} // namespace

Parsed parse(std::span<const std::string> arguments)
{
  return Parser(arguments).parse();
}

} // namespace flame::cli
