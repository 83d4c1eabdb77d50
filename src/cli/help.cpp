#include "cli/help.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::size_t k_width = 80;
constexpr std::size_t k_help_column = 32;

// "  -o, --output FORMAT   help", the help on the next line when the flag is long.
std::string row(std::string_view letter, const std::string& flag, const std::string& help)
{
  std::string text =
    letter.empty() ? fmt::format("      {}", flag) : fmt::format("  {}, {}", letter, flag);
  if (text.size() + 2 > k_help_column) {
    text += "\n";
    text.append(k_help_column, ' ');
  } else {
    text.resize(k_help_column, ' ');
  }
  return text + wrapped(help, k_help_column, k_help_column) + "\n";
}

std::string row(const OwnFlag& flag)
{
  return row(flag.letter, with_metavar(flag.name, flag.metavar), std::string(flag.help));
}

std::string row(const config::Option& option)
{
  std::string_view letter;
  const std::vector<std::string> names = config::flag_names(option);
  std::string help(option.help);
  for (const std::string& name : names) {
    letter = name.size() == 2 ? std::string_view(name) : letter;
    if (name == fmt::format("--no-{}", names.front().substr(2))) {
      help += fmt::format(", or {}", name);
    }
  }
  if (!option.rules.standard.empty()) {
    help += fmt::format(" (default: {})", option.rules.standard);
  }
  return row(letter, with_metavar(names.front(), option.metavar), help);
}

std::string rows(std::string_view title, std::span<const OwnFlag> flags)
{
  std::string text = flags.empty() ? "" : fmt::format("\n{}:\n", title);
  for (const OwnFlag& flag : flags) {
    text += row(flag);
  }
  return text;
}

std::string paragraphs(std::string_view text)
{
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    result += wrapped(line, 0, 0) + "\n";
  }
  return result;
}

} // namespace

std::string with_metavar(std::string_view flag, std::string_view metavar)
{
  const bool attached = metavar.empty() || metavar.starts_with('[');
  return fmt::format("{}{}{}", flag, attached ? "" : " ", metavar);
}

std::string wrapped(std::string_view text, std::size_t first_column, std::size_t indent)
{
  std::string result;
  std::size_t column = first_column;
  for (const std::string& word : split(text, ' ')) {
    const bool first = result.empty();
    if (!first && column + 1 + word.size() > k_width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

std::string usage(const Command& command)
{
  return fmt::format("flame-ec2 {} [flags]{}{}", command.name, command.operands.empty() ? "" : " ",
                     command.operands);
}

std::string main_help()
{
  std::string text = "flame-ec2 boots short-lived EC2 machines that run a release.\n\n"
                     "Usage: flame-ec2 COMMAND [flags]\n\nCommands:\n";
  for (const Command& command : commands()) {
    text += fmt::format("  {:20}{}\n", command.name, command.summary);
  }
  std::vector<std::string> flags;
  for (const OwnFlag& flag : global_flags()) {
    flags.push_back(fmt::format("{}{}{}", flag.letter, flag.letter.empty() ? "" : " ", flag.name));
  }
  text += "\n" + wrapped("Flags: " + join(flags, ", "), 0, 2) + "\n";
  return text + "More: flame-ec2 COMMAND --help; everything: flame-ec2 man | man -l -\n";
}

std::string command_help(const Command& command)
{
  std::string text =
    fmt::format("Usage: {}\n\n{}\nExample:\n", usage(command), paragraphs(command.text));
  for (const std::string& line : split(command.example, '\n')) {
    text += fmt::format("  {}\n", line);
  }
  text += rows("Flags", command.flags);
  for (const config::Group group : command.groups) {
    text += fmt::format("\n{}:\n", config::title(group));
    for (const config::Option& option : config::options()) {
      if (option.group == group && !config::flag_names(option).empty()) {
        text += row(option);
      }
    }
  }
  if (!command.groups.empty()) {
    text += rows("Where settings are", settings_flags());
  }
  text += rows("Flags of all commands", global_flags());
  if (!command.groups.empty()) {
    text += "\nEvery setting is a variable and a key of the file too: --key-name is\n"
            "FLAME_EC2_KEY_NAME and key_name. All of them: flame-ec2 help settings\n";
  }
  return text;
}

} // namespace flame::cli
