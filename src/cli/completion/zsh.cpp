#include "cli/completion/completion.hpp"
#include "cli/completion/words.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

constexpr const char* k_head = R"zsh(#compdef flame-ec2
# zsh completion, printed by flame-ec2 completion zsh
_flame_ec2_values() {
  local config=$FLAME_EC2_CONFIG i
  local -a found
  for ((i = 1; i < CURRENT; i++)); do
    case ${words[i]} in
      --config) config=${(Q)words[i + 1]} ;;
      --config=*) config=${(Q)words[i]#--config=} ;;
    esac
  done
  found=("${(@f)$(FLAME_EC2_CONFIG=${config/#\~\//$HOME/} ${~program} completion --values $1 2>/dev/null)}")
  found=("${(@)found:#}")
  compadd -a found
}
_flame_ec2() {
  local curcontext=$curcontext state line program=$words[1]
  typeset -A opt_args
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a names=(
)zsh";

// What follows a -- is of another program.
constexpr const char* k_argument = R"zsh(      )
      _describe command names ;;
    argument)
      if (( ${words[(i)--]} < CURRENT )); then
        _files
        return
      fi
      case $words[1] in
)zsh";

constexpr const char* k_tail = R"zsh(      esac ;;
  esac
}
if [ "$funcstack[1]" = _flame_ec2 ]; then _flame_ec2 "$@"; else compdef _flame_ec2 flame-ec2; fi
)zsh";

// Text inside '…' of _arguments: brackets and colons are its own.
std::string between_quotes(std::string_view text)
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

std::string action(const Word& word)
{
  switch (word.completes) {
  case Completes::words:
    return fmt::format("({})", word.values);
  case Completes::list:
    return fmt::format("_values -s , {} {}", word.metavar, word.values);
  case Completes::asked:
    return fmt::format("{{_flame_ec2_values {}}}", word.values);
  case Completes::files:
    return "_files";
  case Completes::folders:
    return "_files -/";
  case Completes::nothing:
    break;
  }
  return " ";
}

std::string argument(const Word& word)
{
  const std::string value = word.takes_value
                              ? fmt::format(":{}:{}", between_quotes(word.metavar), action(word))
                            : word.may_take_value ? fmt::format("::value:{}", action(word))
                                                  : "";
  const char* const equals = word.takes_value ? "=" : word.may_take_value ? "=-" : "";
  const std::string help = fmt::format("[{}]{}", between_quotes(word.help), value);
  std::string text = fmt::format(" \\\n        '*{}{}{}'", word.name, equals, help);
  if (!word.letter.empty()) {
    text += fmt::format(" \\\n        '*{}{}'", word.letter, help);
  }
  return text;
}

} // namespace

std::string zsh_completion()
{
  std::string text = k_head;
  for (const Command& command : commands()) {
    text += fmt::format("        '{}:{}'\n", command.name, between_quotes(command.summary));
  }
  text += k_argument;
  for (const Command& command : commands()) {
    text += fmt::format("      {}) _arguments", typed_names(command, "|"));
    for (const Word& word : words_of(command)) {
      text += argument(word);
    }
    const std::string operands = operand_values(command);
    text += operands.empty() ? "" : fmt::format(" \\\n        '1:operand:({})'", operands);
    text += " ;;\n";
  }
  return text + k_tail;
}

} // namespace flame::cli
