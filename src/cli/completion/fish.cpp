#include "cli/completion/completion.hpp"
#include "cli/completion/words.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

constexpr const char* k_head = R"fish(# fish completion, printed by flame-ec2 completion fish
function __flame_ec2_values
  set -l words (commandline -opc)
  set -l config $FLAME_EC2_CONFIG
  for i in (seq (count $words))
    switch $words[$i]
      case --config
        set config $words[(math $i + 1)]
      case '--config=*'
        set config (string replace -- --config= '' $words[$i])
    end
  end
  FLAME_EC2_CONFIG=(string replace -r '^~/' "$HOME/" -- "$config") $words[1] completion --values $argv[1] 2>/dev/null
end
function __flame_ec2_list
  set -l typed (commandline -ct)
  set -l before (string replace -r '^--[^=]*=' '' -- "$typed" | string replace -r '[^,]*$' '')
  printf '%s\n' "$before"$argv
end
complete -c flame-ec2 -f
# What follows a -- is of another program.
complete -c flame-ec2 -n 'contains -- -- (commandline -opc)' -F
)fish";

std::string between_quotes(std::string_view text)
{
  std::string result;
  for (const char c : text) {
    result += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return result;
}

std::string action(const Word& word)
{
  switch (word.completes) {
  case Completes::words:
    return fmt::format(" -x -a '{}'", word.values);
  case Completes::list:
    return fmt::format(" -x -a '(__flame_ec2_list {})'", word.values);
  case Completes::asked:
    return fmt::format(" -x -a '(__flame_ec2_values {})'", word.values);
  case Completes::files:
    return " -r -F";
  case Completes::folders:
    return " -x -a '(__fish_complete_directories)'";
  case Completes::nothing:
    break;
  }
  return " -x";
}

std::string flag(const std::string& condition, const Word& word)
{
  std::string text = fmt::format("complete -c flame-ec2 {} -l {}", condition, word.name.substr(2));
  text += word.letter.empty() ? "" : fmt::format(" -s {}", word.letter.substr(1));
  text += word.takes_value      ? action(word)
          : word.may_take_value ? fmt::format(" -a '{}'", word.values)
                                : "";
  return text + fmt::format(" -d '{}'\n", between_quotes(word.help));
}

} // namespace

std::string fish_completion()
{
  std::string text = k_head;
  for (const Command& command : commands()) {
    text += fmt::format("complete -c flame-ec2 -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, between_quotes(command.summary));
  }
  for (const Command& command : commands()) {
    const std::string condition =
      fmt::format("-n '__fish_seen_subcommand_from {}'", typed_names(command, " "));
    for (const Word& word : words_of(command)) {
      text += flag(condition, word);
    }
    const std::string operands = operand_values(command);
    text += operands.empty()
              ? ""
              : fmt::format("complete -c flame-ec2 {} -a '{}'\n", condition, operands);
  }
  return text;
}

} // namespace flame::cli
