#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/wrapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace flame::cli {
namespace {

constexpr int k_standard_width = 80;
constexpr int k_widest = 100; // longer lines are hard to read
constexpr int k_narrowest = 20;

// What a first-time user needs, in the order in which it is needed.
constexpr std::array k_used_most = {"run", "boot", "list", "logs", "terminate", "doctor"};

constexpr std::size_t k_flag_column = 28;
constexpr std::size_t k_command_column = 22;
constexpr std::size_t k_status_column = 9;

constexpr std::size_t k_indent = 2;

// "  -o, --output FORMAT   help"
std::string row(const Rows& rows, std::string_view letter, const std::string& flag,
                std::string_view help)
{
  return rows(k_indent, letter.empty() ? flag : fmt::format("{}, {}", letter, flag), help);
}

std::string row(const Rows& rows, const OwnFlag& flag)
{
  return row(rows, flag.letter, with_metavar(flag.name, flag.metavar), flag.help);
}

// With `brief` only what has room in one line is said beside the help itself.
std::string row(const Rows& rows, const config::Option& option, bool brief)
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
  const std::string more = option.rules.standard.empty()
                             ? help
                             : fmt::format("{} (default: {})", help, option.rules.standard);
  help = brief && !rows.fits(more) ? help : more;
  return row(rows, letter, with_metavar(names.front(), option.metavar), help);
}

std::string block(std::string_view title, std::span<const OwnFlag> flags, const Rows& rows)
{
  std::string text = flags.empty() ? "" : fmt::format("{}:\n", title);
  for (const OwnFlag& flag : flags) {
    text += row(rows, flag);
  }
  return text;
}

// Settings in groups: the usual ones (their keys, blank separated) in brief, or all.
std::string settings(std::span<const config::Group> groups, const Rows& rows,
                     std::optional<std::string_view> only)
{
  const bool brief = only.has_value();
  const std::vector<std::string> usual = split(only.value_or(""), ' ');
  std::string text;
  for (const config::Group group : groups) {
    std::string title = fmt::format("{}{}:\n", brief ? "" : "\n", config::title(group));
    for (const config::Option& option : config::options()) {
      const bool wanted = !brief || std::ranges::count(usual, option.key) > 0;
      if (option.group == group && wanted && !config::flag_names(option).empty()) {
        text += std::exchange(title, "") + row(rows, option, brief);
      }
    }
  }
  return text;
}

std::string examples(const Command& command, std::size_t width)
{
  std::string text = "\nExample:\n";
  for (const std::string& line : split(command.example, '\n')) {
    text += typed(line, k_indent, width);
  }
  return text;
}

std::string head(const Command& command, std::string_view told, std::size_t width)
{
  return wrapped("Usage: " + usage(command), 0, 2, width) + "\n\n" + paragraphs(told, width);
}

// The shortest names.
std::string global_names(std::size_t width)
{
  std::vector<std::string> flags;
  for (const OwnFlag& flag : global_flags()) {
    flags.emplace_back(flag.letter.empty() ? flag.name : flag.letter);
  }
  return "\n" + wrapped("Everywhere: " + join(flags, ", "), 0, 2, width) + "\n";
}

std::string commands_named(std::span<const std::string_view> names, const Rows& rows)
{
  std::string text;
  for (const std::string_view name : names) {
    text += rows(k_indent, name, find_command(name)->summary);
  }
  return text;
}

std::string all_commands(std::size_t width)
{
  std::vector<std::string_view> names;
  std::ranges::transform(commands(), std::back_inserter(names), &Command::name);
  return wrapped("flame-ec2 boots short-lived EC2 machines that run a release.", 0, 0, width)
         + "\n\nUsage: flame-ec2 COMMAND [flags]\n\n"
         + commands_named(names, Rows(width, k_command_column));
}

// The end of a help that leaves nothing out: every setting, the flags of all, the exit statuses.
std::string all_of(std::span<const config::Group> groups, std::size_t width)
{
  const Rows rows(width, k_flag_column);
  std::string text = settings(groups, rows, std::nullopt);
  if (!groups.empty()) {
    text += "\n" + block("Where settings are", settings_flags(), rows);
  }
  text += "\n" + block("Flags of all commands", global_flags(), rows);
  text += "\nExit statuses:\n" + statuses_help(width);
  if (!groups.empty()) {
    text += "\n"
            + wrapped("Every setting is a variable and a key of the file too: --key-name is "
                      "FLAME_EC2_KEY_NAME and key_name. All of them: flame-ec2 help settings",
                      0, 0, width)
            + "\n";
  }
  return text;
}

} // namespace

std::size_t help_width(std::optional<int> terminal)
{
  const int columns = terminal.value_or(k_standard_width);
  return static_cast<std::size_t>(std::clamp(columns, k_narrowest, k_widest));
}

std::string with_metavar(std::string_view flag, std::string_view metavar)
{
  const bool attached = metavar.empty() || metavar.starts_with('[');
  return fmt::format("{}{}{}", flag, attached ? "" : " ", metavar);
}

std::string usage(const Command& command)
{
  return fmt::format("flame-ec2 {} [flags]{}{}", command.name, command.operands.empty() ? "" : " ",
                     command.operands);
}

std::string overview(std::size_t width)
{
  const std::vector<std::string_view> names(k_used_most.begin(), k_used_most.end());
  return wrapped("flame-ec2 boots short-lived EC2 machines that run a release or one command, and "
                 "sees to "
                 "it that they end.",
                 0, 0, width)
         + "\n\nUsage: flame-ec2 COMMAND [flags]\n\nUsed most:\n"
         + commands_named(names, Rows(width, k_command_column)) + "\nTo begin:\n"
         + typed(find_command("run")->example, k_indent, width) + "\n"
         + paragraphs("All commands: flame-ec2 --help\nOne of them: flame-ec2 COMMAND --help\n"
                      "Settings: flame-ec2 help settings\nManual: flame-ec2 man | man -l -",
                      width);
}

std::string main_help(std::size_t width)
{
  return all_commands(width) + global_names(width)
         + wrapped("More: flame-ec2 help COMMAND|settings|statuses; all: flame-ec2 man | man -l -",
                   0, 2, width)
         + "\n";
}

std::string command_help(const Command& command, std::size_t width)
{
  const Rows rows(width, k_flag_column);
  const std::string_view text = command.text;
  const std::string help = head(command, text.substr(0, text.find("\n\n")), width)
                           + examples(command, width) + "\n" + block("Flags", command.flags, rows)
                           + settings(command.groups, rows, command.usual) + global_names(width);
  const std::string_view rest = command.groups.empty() ? "" : ", with every setting";
  return help
         + wrapped(fmt::format("All of it{}: flame-ec2 help {}", rest, command.name), 0, 2, width)
         + "\n";
}

std::string whole_help(const Command& command, std::size_t width)
{
  return head(command, command.text, width) + examples(command, width) + "\n"
         + block("Flags", command.flags, Rows(width, k_flag_column))
         + all_of(command.groups, width);
}

std::string whole_help(std::size_t width)
{
  return all_commands(width) + all_of(config::all_groups(), width);
}

std::string statuses_help(std::size_t width)
{
  const Rows rows(width, k_status_column);
  std::string text;
  for (const Status& status : statuses()) {
    text += rows(k_indent, status.number, status.meaning);
  }
  return text;
}

std::vector<Status> statuses()
{
  std::vector<Status> all = {{"0", "Done: exactly the printed machines live"}};
  for (const ErrorKindInfo& row : error_kinds()) {
    const std::string_view more = row.kind == ErrorKind::interrupted ? "+n" : "";
    all.push_back(
      {fmt::format("{}{}", row.exit_status, more), fmt::format("{}: {}", row.name, row.meaning)});
  }
  return all;
}

} // namespace flame::cli
