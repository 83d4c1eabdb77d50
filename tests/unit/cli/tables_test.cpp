#include "base/text.hpp"
#include "boot/policy.hpp"
#include "cli/command.hpp"
#include "cli/completion/completion.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "cli/manual.hpp"
#include "cli/reference.hpp"
#include "cli/wrapping.hpp"
#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace flame;
using namespace flame::cli;

namespace {

std::string file(const std::string& path)
{
  std::ifstream in(std::string(FLAME_FIXTURES) + "/../../" + path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Whether no line is longer than a terminal is wide.
bool fits(const std::string& text, std::size_t width = 80)
{
  const auto lines = split(text, '\n');
  return std::ranges::all_of(lines, [&](const std::string& line) {
    const bool one_word = trim(line).find(' ') == std::string_view::npos;
    return one_word || character_count(line) <= width;
  });
}

// roff's "\\-" and "\\(aq" as the letters that they print.
std::string unescaped(std::string page)
{
  for (const auto& [escape, letter] : {std::pair("\\-", "-"), std::pair("\\(aq", "'")}) {
    for (std::size_t at = page.find(escape); at != std::string::npos; at = page.find(escape, at)) {
      page.replace(at, std::string_view(escape).size(), letter);
    }
  }
  return page;
}

void check(const OwnFlag& flag, std::set<std::string_view>& names)
{
  CAPTURE(flag.name);
  CHECK(flag.name.starts_with("--"));
  CHECK(names.insert(flag.name).second);
  CHECK((flag.letter.empty() || names.insert(flag.letter).second));
  CHECK(!flag.help.empty());
  CHECK(!flag.help.ends_with('.'));
}

} // namespace

TEST_CASE("cli: the command table holds together")
{
  std::set<std::string_view> commands_seen;
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(commands_seen.insert(command.name).second);
    CHECK(find_command(command.name) == &command);
    CHECK((command.run != nullptr));
    CHECK(!command.summary.ends_with('.'));
    CHECK(command.text.ends_with('.'));
    CHECK(command.example.find("flame-ec2") != std::string_view::npos);
    std::set<std::string_view> names;
    for (const OwnFlag& flag : global_flags()) {
      check(flag, names);
    }
    for (const OwnFlag& flag : command.flags) {
      check(flag, names);
    }
    // No setting hides behind a letter of another flag.
    for (const config::Option* option : options_of(command)) {
      for (const std::string& flag : config::flag_names(*option)) {
        CHECK((flag.size() > 2 || !names.contains(flag)));
      }
    }
  }
}

TEST_CASE("cli: iam-policy knows the commands that ask AWS, and no others")
{
  const auto flags = find_command("iam-policy")->flags;
  const auto flag = std::ranges::find(flags, "--for", &OwnFlag::name);
  REQUIRE(flag != flags.end());
  const auto known = boot::policy_commands();
  CHECK(split(flag->values, ' ') == std::vector<std::string>(known.begin(), known.end()));
  for (const std::string_view name : known) {
    CHECK(find_command(name) != nullptr);
  }
  for (const Command& command : commands()) { // a command with a region asks AWS
    const bool asks = std::ranges::count(command.groups, config::Group::where) > 0;
    const bool offline = command.name == "iam-policy" || command.name == "template-user-data";
    CAPTURE(command.name);
    CHECK((!asks || offline || std::ranges::count(known, command.name) == 1));
  }
}

TEST_CASE("cli: help fits a screen, and names every command")
{
  const std::string help = main_help(80);
  CHECK(std::ranges::count(help, '\n') <= 24);
  CHECK(std::ranges::count(overview(80), '\n') <= 24);
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(help.find(command.name) != std::string::npos);
    CHECK(std::ranges::count(command_help(command, 80), '\n') <= 40);
  }
}

TEST_CASE("cli: help is as wide as the terminal, and no wider than one can read")
{
  CHECK(help_width(std::nullopt) == 80);
  CHECK(help_width(40) == 40);
  CHECK(help_width(200) == 100);
  CHECK(help_width(0) == 20);
  for (const std::size_t width : {40U, 59U, 60U, 80U, 100U}) {
    CAPTURE(width);
    CHECK(fits(overview(width), width));
    CHECK(fits(main_help(width), width));
    CHECK(fits(whole_help(width), width));
    CHECK(fits(statuses_help(width), width));
    for (const Command& command : commands()) {
      CAPTURE(command.name);
      CHECK(fits(command_help(command, width), width));
      CHECK(fits(whole_help(command, width), width));
    }
  }
}

TEST_CASE("cli: --help shows settings that the command takes")
{
  for (const Command& command : commands()) {
    const std::string help = command_help(command, 80);
    const std::string named = command.groups.empty() ? "" : std::string(command.usual);
    for (const std::string& key : split(named, ' ')) {
      CAPTURE(command.name);
      CAPTURE(key);
      const config::Option* option = config::find_key(key);
      const bool takes = option != nullptr && std::ranges::count(command.groups, option->group) > 0;
      CHECK((key.empty() || takes));
      CHECK((!takes || help.find(config::flag_names(*option).front()) != std::string::npos));
    }
  }
}

TEST_CASE("cli: the example of a command that is too long for a line can still be copied")
{
  CHECK(command_help(*find_command("run"), 40)
          .find("  flame-ec2 run --region eu-west-1 \\\n    --image al2023 -- uname -a\n")
        != std::string::npos);
}

TEST_CASE("cli: --help-all of no command holds every command, setting and exit status")
{
  test::FakeWorld fake;
  CHECK(test::run(fake, {"--help-all"}) == 0);
  for (const Command& command : commands()) {
    CHECK_MESSAGE(fake.out.find(fmt::format("\n  {} ", command.name)) != std::string::npos,
                  command.name);
  }
  for (const config::Option& option : config::options()) {
    for (const std::string& flag : config::flag_names(option)) {
      const bool own = flag == config::flag_names(option).front();
      CHECK_MESSAGE((!own || fake.out.find(flag) != std::string::npos), flag);
    }
  }
  for (const Status& status : statuses()) {
    CHECK_MESSAGE(fake.out.find(fmt::format("\n  {} ", status.number)) != std::string::npos,
                  status.number);
  }
}

TEST_CASE("cli: a command's help holds each of its flags, in groups")
{
  const std::string help = whole_help(*find_command("boot"), 80);
  for (const config::Option* option : options_of(*find_command("boot"))) {
    for (const std::string& flag : config::flag_names(*option)) {
      CAPTURE(flag);
      CHECK((flag != config::flag_names(*option).front() || help.find(flag) != std::string::npos));
    }
  }
  CHECK(help.find("\nWhat runs:\n") != std::string::npos);
  CHECK(help.find("  -e, --env KEY=VALUE") != std::string::npos);
  CHECK(help.find("--dry-run[=ec2]") != std::string::npos);
  CHECK(help.find("\n  128+n") != std::string::npos);
  CHECK(whole_help(*find_command("terminate"), 80).find("--bundle") == std::string::npos);
}

TEST_CASE("cli: the manual holds every command, flag, variable and exit status")
{
  const std::string page = unescaped(manual());
  const auto holds = [&](std::string_view text) { return page.find(text) != std::string::npos; };
  for (const Command& command : commands()) {
    CHECK(holds(command.name));
    for (const OwnFlag& flag : command.flags) {
      CHECK(holds(flag.name));
    }
  }
  for (const config::Option& option : config::options()) {
    CAPTURE(option.key);
    for (const std::string& flag : config::flag_names(option)) {
      CHECK(holds(flag));
    }
    for (const std::string& variable : config::variable_names(option)) {
      CHECK(holds(variable));
    }
  }
  for (const ErrorKindInfo& row : error_kinds()) {
    CHECK(holds(row.meaning));
  }
}

TEST_CASE("cli: the reference holds all that can be said of each setting")
{
  const std::string text = settings_reference();
  const auto holds = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  for (const config::Option& option : config::options()) {
    CAPTURE(option.key);
    CHECK(holds("\n### `" + std::string(option.key) + "`\n"));
    CHECK(holds(option.rules.standard));
    CHECK(holds(option.rules.ec2));
    for (const auto& names :
         {config::flag_names(option), config::variable_names(option), config::key_names(option)}) {
      for (const std::string& name : names) {
        CHECK(holds("`" + name));
      }
    }
  }
}

TEST_CASE("cli: flags of one name take a value in all tables, or in none")
{
  std::map<std::string, bool> takes_value;
  const auto check = [&](const std::string& name, bool takes) {
    CAPTURE(name);
    CHECK(takes_value.emplace(name, takes).first->second == takes);
  };
  for (const OwnFlag& flag : global_flags()) {
    check(std::string(flag.name), !is_switch(flag));
  }
  for (const Command& command : commands()) {
    for (const OwnFlag& flag : command.flags) {
      check(std::string(flag.name), !is_switch(flag));
    }
  }
  for (const config::Option& option : config::options()) {
    for (const std::string& name : config::flag_names(option)) {
      check(name, !option.metavar.empty());
    }
  }
}

TEST_CASE("cli: every command that prints JSON has a schema, and its errors each kind of the table")
{
  // What they print for people, as text; run prints JSON only of a dry run.
  const std::map<std::string, std::string> others = {
    {"help", "text"}, {"man", "text"}, {"completion", "text"}, {"run", "boot_dry_run"}};
  const std::string schemas = file("docs/schemas/v1.json");
  for (const Command& command : commands()) {
    std::string name(command.name);
    std::ranges::replace(name, '-', '_');
    const auto other = others.find(name);
    const std::string wanted = other == others.end() ? name : other->second;
    const bool described =
      schemas.find(fmt::format("\n    \"{}\": {{", wanted)) != std::string::npos;
    CHECK_MESSAGE((described || command.outputs.find("json") == std::string_view::npos), name);
  }
  std::set<std::string> kinds;
  for (const ErrorKindInfo& row : error_kinds()) {
    kinds.insert(fmt::format("\"{}\"", row.name));
  }
  const std::string_view start = R"("kind": { "enum": [)";
  const std::size_t begin = schemas.find(start, schemas.find("\n    \"error\": {")) + start.size();
  const auto described = split(schemas.substr(begin, schemas.find(']', begin) - begin), ',');
  std::set<std::string> known;
  for (const std::string& kind : described) {
    known.insert(std::string(trim(kind)));
  }
  CHECK(known == kinds);
}

TEST_CASE("cli: the committed documents are those that the binary prints")
{
  // To renew them: scripts/generate
  CHECK((file("man/flame-ec2.1") == manual()));
  CHECK((file("completions/flame-ec2.bash") == completion("bash")));
  CHECK((file("docs/settings.md") == settings_reference()));
  CHECK((file("completions/_flame-ec2") == completion("zsh")));
  CHECK((file("completions/flame-ec2.fish") == completion("fish")));
}

TEST_CASE("cli: the kinds of values that the completions ask for")
{
  for (const std::string& kind : split(k_asked_kinds, ' ')) {
    CHECK(can_be_asked(kind));
    CHECK(completion("bash").find("_flame_ec2_values " + kind) != std::string::npos);
  }
  CHECK(!can_be_asked(""));
}

TEST_CASE("cli: text is wrapped between words")
{
  CHECK(wrapped("aa bb", 76, 4) == "aa\n    bb");
  CHECK(wrapped("", 0, 0).empty());
}
