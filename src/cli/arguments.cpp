#include "cli/arguments.hpp"

#include "cli/command.hpp"
#include "config/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace flame::cli {
namespace {

// CLI11 reads `--flag=` as a flag whose value is the next argument, and `[a,b]` as a list. A byte
// that it has no rule for, before such a value, keeps both as they were typed.
constexpr char k_guard = '\x01';

bool looks_like_a_list(std::string_view value)
{
  return value.starts_with('[') && value.ends_with(']');
}

std::string guarded(const std::string& argument)
{
  const std::size_t equals = argument.find('=');
  if (argument.starts_with("--") && equals != std::string::npos) {
    const std::string value = argument.substr(equals + 1);
    const bool exposed = value.empty() || value.front() == k_guard || looks_like_a_list(value);
    return exposed ? argument.substr(0, equals + 1) + k_guard + value : argument;
  }
  const bool exposed =
    argument.empty() || argument.front() == k_guard || looks_like_a_list(argument);
  return exposed ? k_guard + argument : argument;
}

std::string bare(const std::string& value)
{
  return value.starts_with(k_guard) ? value.substr(1) : value;
}

bool is_switch_like(std::string_view metavar)
{
  return metavar.empty() || metavar.starts_with("[=");
}

std::string name_of(const std::string& argument)
{
  return argument.substr(0, argument.find('='));
}

// Every flag of every table that stands on the command line: CLI11 compares a new one with all it
// has, which for the whole tables takes longer than a small command does. Those of one name take a
// value in all tables, or in none.
class Reader {
public:
  explicit Reader(std::span<const std::string> arguments)
  {
    std::ranges::transform(arguments, std::inserter(spelled_, spelled_.end()), name_of);
    app_.set_help_flag();
    app_.allow_extras();
    operands_ = app_.add_option("operands")->expected(-1);
    operands_->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    for (const OwnFlag& flag : global_flags()) {
      add(flag);
    }
    for (const OwnFlag& flag : settings_flags()) {
      add(flag);
    }
    for (const Command& command : commands()) {
      for (const OwnFlag& flag : command.flags) {
        add(flag);
      }
    }
    for (const std::string& word : spelled_) {
      add_option(word);
    }
  }

  Arguments read(std::span<const std::string> arguments)
  {
    std::vector<std::string> reversed; // as CLI11 wants them
    std::transform(arguments.rbegin(), arguments.rend(), std::back_inserter(reversed), guarded);
    try {
      app_.parse(reversed);
    } catch (const CLI::ArgumentMismatch&) { // only the last one can lack its value
      const auto whole = arguments.first(arguments.size() - 1);
      Arguments told = Reader(whole).read(whole);
      told.lacks_value = arguments.back();
      return told;
    }
    return told();
  }

private:
  // The options that a word may be: "--key", or letters, as in "-eNAME".
  void add_option(const std::string& word)
  {
    if (word.starts_with("--")) {
      add_known(word);
    } else if (word.starts_with('-')) {
      for (const char letter : word.substr(1)) {
        add_known({'-', letter});
      }
    }
  }

  void add_known(const std::string& name)
  {
    if (const config::Option* option = config::find_flag(name)) {
      add(name, option->metavar);
    }
  }

  void add(const OwnFlag& flag)
  {
    add(std::string(flag.name), flag.metavar);
    if (!flag.letter.empty()) {
      add(std::string(flag.letter), flag.metavar);
    }
  }

  void add(const std::string& name, std::string_view metavar)
  {
    const bool may_be_meant = !name.starts_with("--") || spelled_.contains(name);
    if (!may_be_meant || !known_.insert(name).second) {
      return;
    }
    CLI::Option* option =
      is_switch_like(metavar) ? app_.add_flag(name) : app_.add_option(name)->expected(1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    names_[option] = name;
  }

  Arguments told() const
  {
    Arguments told{.unknown = app_.remaining()};
    std::erase(told.unknown, "--"); // where operands alone follow
    std::map<const CLI::Option*, std::size_t> taken;
    for (const CLI::Option* option : app_.parse_order()) {
      const std::string value = bare(option->results().at(taken[option]++));
      if (option == operands_) {
        told.operands.push_back(value);
      } else {
        told.flags.push_back({names_.at(option), value});
      }
    }
    return told;
  }

  CLI::App app_{};
  CLI::Option* operands_ = nullptr;
  std::set<std::string> spelled_ = {};
  std::set<std::string> known_ = {};
  std::map<const CLI::Option*, std::string> names_ = {};
};

} // namespace

Arguments read_arguments(std::span<const std::string> arguments)
{
  return Reader(arguments).read(arguments);
}

} // namespace flame::cli
