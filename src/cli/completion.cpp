#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace flame::cli {
namespace {

// A flag as the shells see it.
struct Word {
  std::string name = {};
  std::string letter = {}; // "-o"
  std::string help = {};
  std::string metavar = {};
  std::string values = {}; // blank separated
  bool takes_value = false;
  bool file = false; // completes file names
};

Word word(const OwnFlag& flag)
{
  return {.name = std::string(flag.name),
          .letter = std::string(flag.letter),
          .help = std::string(flag.help),
          .metavar = std::string(flag.metavar),
          .values = std::string(is_switch(flag) ? "" : flag.values),
          .takes_value = !is_switch(flag),
          .file = flag.metavar == "FILE"};
}

std::vector<Word> words(std::span<const OwnFlag> flags)
{
  std::vector<Word> found;
  std::ranges::transform(flags, std::back_inserter(found),
                         [](const OwnFlag& f) { return word(f); });
  return found;
}

std::vector<Word> words(const Command& command)
{
  std::vector<Word> found = words(command.flags);
  for (const config::Option* option : options_of(command)) {
    const std::vector<std::string> names = config::flag_names(*option);
    if (names.empty()) {
      continue;
    }
    Word one{.name = names.front(),
             .help = std::string(option->help),
             .metavar = std::string(option->metavar),
             .values = std::string(option->rules.values),
             .takes_value = !option->metavar.empty(),
             .file = option->metavar == "FILE"};
    const auto letter = std::ranges::find(names, 2U, &std::string::size);
    one.letter = letter == names.end() ? "" : *letter;
    found.push_back(one);
    const auto denial = std::ranges::find_if(
      names, [&](const std::string& name) { return config::is_denial(*option, name); });
    if (denial != names.end()) {
      one.name = *denial;
      one.help = "not: " + one.help;
      found.push_back(one);
    }
  }
  if (!command.groups.empty()) {
    std::ranges::move(words(settings_flags()), std::back_inserter(found));
  }
  std::ranges::move(words(global_flags()), std::back_inserter(found));
  return found;
}

std::string joined(const std::vector<Word>& flags)
{
  std::vector<std::string> names;
  for (const Word& flag : flags) {
    names.push_back(flag.name);
  }
  return join(names, " ");
}

std::string command_names()
{
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.emplace_back(command.name);
  }
  return join(names, " ");
}

// Each flag of any command once.
std::vector<Word> all_words()
{
  std::vector<Word> found;
  std::set<std::string> seen;
  for (const Command& command : commands()) {
    for (const Word& flag : words(command)) {
      if (seen.insert(flag.name).second) {
        found.push_back(flag);
      }
    }
  }
  return found;
}

std::string names_of(const Word& flag)
{
  return flag.letter.empty() ? flag.name : flag.name + "|" + flag.letter;
}

// bash: what the word before asks for; else a flag or an operand of the command.
std::string bash()
{
  std::string text = "# bash completion, printed by flame-ec2 completion bash\n"
                     "_flame_ec2() {\n"
                     "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "  local command='' flags='' operands='' i\n"
                     "  case $before in\n";
  std::vector<std::string> files;
  std::vector<std::string> others;
  for (const Word& flag : all_words()) {
    if (flag.file) {
      files.push_back(names_of(flag));
    } else if (!flag.values.empty()) {
      text +=
        fmt::format("    {}) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return ;;\n",
                    names_of(flag), flag.values);
    } else if (flag.takes_value) {
      others.push_back(names_of(flag));
    }
  }
  text += fmt::format("    {}) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n",
                      join(files, "|"));
  text += fmt::format("    {}) COMPREPLY=(); return ;;\n  esac\n", join(others, "|"));
  text += "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case ${COMP_WORDS[i]} in\n";
  for (const Command& command : commands()) {
    text += fmt::format("      {0}) command={0}; break ;;\n", command.name);
  }
  text += "    esac\n  done\n  case $command in\n";
  for (const Command& command : commands()) {
    text +=
      fmt::format("    {}) flags='{}' operands='{}' ;;\n", command.name, joined(words(command)),
                  command.name == "help" ? command_names() : std::string(command.operand_values));
  }
  text += fmt::format("    *) flags='{}' operands='{}' ;;\n  esac\n", joined(words(global_flags())),
                      command_names());
  return text
         + "  case $word in\n"
           "    -*) mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\") ;;\n"
           "    *) mapfile -t COMPREPLY < <(compgen -W \"$operands\" -- \"$word\") ;;\n"
           "  esac\n"
           "}\n"
           "complete -F _flame_ec2 flame-ec2\n";
}

// Text inside '…' of _arguments: brackets and colons are its own.
std::string zsh_quoted(std::string_view text)
{
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c == '[' || c == ']' || c == ':' ? std::string("\\") + c : std::string(1, c);
    }
  }
  return result;
}

std::string zsh_argument(const Word& flag)
{
  std::string value;
  if (flag.takes_value) {
    const std::string action = flag.file             ? "_files"
                               : flag.values.empty() ? " "
                                                     : "(" + flag.values + ")";
    value = fmt::format(":{}:{}", zsh_quoted(flag.metavar), action);
  }
  const std::string help = fmt::format("[{}]{}", zsh_quoted(flag.help), value);
  std::string text =
    fmt::format(" \\\n        '*{}{}'", flag.name + (flag.takes_value ? "=" : ""), help);
  if (!flag.letter.empty()) {
    text += fmt::format(" \\\n        '*{}{}'", flag.letter, help);
  }
  return text;
}

std::string zsh()
{
  std::string text = "#compdef flame-ec2\n"
                     "# zsh completion, printed by flame-ec2 completion zsh\n"
                     "_flame_ec2() {\n"
                     "  local curcontext=$curcontext state line\n"
                     "  typeset -A opt_args\n"
                     "  _arguments -C '1:command:->command' '*::argument:->argument'\n"
                     "  case $state in\n"
                     "    command)\n"
                     "      local -a names=(\n";
  for (const Command& command : commands()) {
    text += fmt::format("        '{}:{}'\n", command.name, zsh_quoted(command.summary));
  }
  text += "      )\n      _describe command names ;;\n    argument)\n      case $words[1] in\n";
  for (const Command& command : commands()) {
    text += fmt::format("      {}) _arguments", command.name);
    for (const Word& flag : words(command)) {
      text += zsh_argument(flag);
    }
    const std::string operands =
      command.name == "help" ? command_names() : std::string(command.operand_values);
    text += operands.empty() ? "" : fmt::format(" \\\n        '1:operand:({})'", operands);
    text += " ;;\n";
  }
  return text
         + "      esac ;;\n"
           "  esac\n"
           "}\n"
           "if [ \"$funcstack[1]\" = _flame_ec2 ]; then _flame_ec2 \"$@\"; else compdef _flame_ec2 "
           "flame-ec2; fi\n";
}

std::string fish_quoted(std::string_view text)
{
  std::string result;
  for (const char c : text) {
    result += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return result;
}

std::string fish_flag(const std::string& condition, const Word& flag)
{
  std::string text = fmt::format("complete -c flame-ec2 {} -l {}", condition, flag.name.substr(2));
  text += flag.letter.empty() ? "" : fmt::format(" -s {}", flag.letter.substr(1));
  if (flag.takes_value) {
    text += flag.file             ? " -r -F"
            : flag.values.empty() ? " -x"
                                  : fmt::format(" -x -a '{}'", flag.values);
  }
  return text + fmt::format(" -d '{}'\n", fish_quoted(flag.help));
}

std::string fish()
{
  std::string text = "# fish completion, printed by flame-ec2 completion fish\n"
                     "complete -c flame-ec2 -f\n";
  for (const Command& command : commands()) {
    text += fmt::format("complete -c flame-ec2 -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, fish_quoted(command.summary));
  }
  for (const Command& command : commands()) {
    const std::string condition = fmt::format("-n '__fish_seen_subcommand_from {}'", command.name);
    for (const Word& flag : words(command)) {
      text += fish_flag(condition, flag);
    }
    const std::string operands =
      command.name == "help" ? command_names() : std::string(command.operand_values);
    text += operands.empty()
              ? ""
              : fmt::format("complete -c flame-ec2 {} -a '{}'\n", condition, operands);
  }
  return text;
}

} // namespace

std::string completion(std::string_view shell)
{
  return shell == "bash" ? bash() : shell == "zsh" ? zsh() : shell == "fish" ? fish() : "";
}

} // namespace flame::cli
