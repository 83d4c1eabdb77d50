#include "cli/completion/completion.hpp"
#include "cli/completion/words.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace flame::cli {
namespace {

// Values that the binary prints may come from a file of anybody: they are never words that the
// shell expands, as compgen -W would.
constexpr const char* k_head = R"sh(# bash completion, printed by flame-ec2 completion bash
_flame_ec2_values() {
  local value config=$FLAME_EC2_CONFIG i
  for ((i = 1; i < COMP_CWORD - 1; i++)); do
    if [[ ${COMP_WORDS[i]} == --config ]]; then
      config=${COMP_WORDS[i + 1]}
      [[ $config != = ]] || config=${COMP_WORDS[i + 2]}
    fi
  done
  while IFS= read -r value; do
    [[ $value != "$word"* ]] || COMPREPLY+=("$(printf '%q' "$value")")
  done < <(FLAME_EC2_CONFIG=${config/#\~\//$HOME/} "${COMP_WORDS[0]/#\~\//$HOME/}" \
    completion --values "$1" 2>/dev/null)
}
_flame_ec2_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}
_flame_ec2_list() {
  local last=${word##*,}
  mapfile -t COMPREPLY < <(compgen -P "${word%"$last"}" -W "$1" -- "$last")
}
_flame_ec2_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}
_flame_ec2() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local command='' flags='' operands='' equals='' i
  COMPREPLY=()
  # --flag=value is three words here.
  if [[ $word == = ]]; then
    word='' equals='='
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]} equals='='
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -- ]]; then # what follows is of another program
      _flame_ec2_files -f
      return
    fi
    [[ -z $command ]] || continue
    case ${COMP_WORDS[i]} in
)sh";

constexpr const char* k_tail = R"sh(  esac
  case $word in
    -*) _flame_ec2_words "$flags" ;;
    *) _flame_ec2_words "$operands" ;;
  esac
}
complete -F _flame_ec2 flame-ec2
)sh";

std::string action(const Word& word)
{
  switch (word.completes) {
  case Completes::words:
    return fmt::format("_flame_ec2_words '{}'; return", word.values);
  case Completes::list:
    return fmt::format("_flame_ec2_list '{}'; return", word.values);
  case Completes::asked:
    return fmt::format("_flame_ec2_values {}; return", word.values);
  case Completes::files:
    return "_flame_ec2_files -f; return";
  case Completes::folders:
    return "_flame_ec2_files -d; return";
  case Completes::nothing:
    break;
  }
  return "return";
}

struct Cases {
  std::map<std::string, std::string> of_action = {}; // the patterns that lead to it

  void add(const std::string& action, const std::string& pattern)
  {
    std::string& patterns = of_action[action];
    patterns += (patterns.empty() ? "" : " | ") + pattern;
  }
  std::string text() const
  {
    std::string text;
    for (const auto& [action, patterns] : of_action) {
      text += fmt::format("    {}) {} ;;\n", patterns, action);
    }
    return text;
  }
};

// By "COMMAND FLAG", or "COMMAND FLAG=" where a value can only stand behind a =: first the flags
// that mean something else in a few commands, then the rest. What may have a value in one command
// is a switch in another.
std::string value_cases(bool behind_equals)
{
  Cases special;
  Cases general;
  std::map<std::string, std::string> action_of; // by name, of the first command that has it
  for (const Command& command : commands()) {
    for (const Word& word : words_of(command)) {
      if (!(behind_equals ? word.may_take_value : word.takes_value)) {
        continue;
      }
      const char* const equals = behind_equals ? "=" : "";
      const auto [seen, first] = action_of.emplace(word.name, action(word));
      for (const std::string& name : {word.name, word.letter}) {
        if (!name.empty() && first && !behind_equals) {
          general.add(action(word), fmt::format("*' {}'", name));
        } else if (!name.empty() && (behind_equals || seen->second != action(word))) {
          special.add(action(word), fmt::format("'{} {}{}'", command.name, name, equals));
        }
      }
    }
  }
  return special.text() + general.text();
}

} // namespace

std::string bash_completion()
{
  std::string text = k_head;
  for (const Command& command : commands()) {
    text += fmt::format("      {}) command='{}' ;;\n", typed_names(command, " | "), command.name);
  }
  text += "    esac\n  done\n  case \"$command $before$equals\" in\n" + value_cases(true)
          + "  esac\n  case \"$command $before\" in\n" + value_cases(false)
          + "  esac\n  case $command in\n";
  for (const Command& command : commands()) {
    text += fmt::format("    {}) flags='{}' operands='{}' ;;\n", command.name,
                        names(words_of(command)), operand_values(command));
  }
  text +=
    fmt::format("    *) flags='{}' operands='{}' ;;\n", names(global_words()), command_names());
  return text + k_tail;
}

} // namespace flame::cli
