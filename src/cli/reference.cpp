#include "cli/reference.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/wrapping.hpp"
#include "config/file_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace flame::cli {
namespace {

using config::Option;

// "`--subnet-id`, `--x`"
std::string code(const std::vector<std::string>& names)
{
  std::vector<std::string> quoted;
  std::ranges::transform(names, std::back_inserter(quoted),
                         [](const std::string& name) { return fmt::format("`{}`", name); });
  return join(quoted, ", ");
}

std::string sentence(std::string_view text)
{
  return fmt::format("{}{}.", to_upper(text.substr(0, 1)), text.substr(1));
}

std::string bullet(std::string_view text)
{
  return fmt::format("- {}\n", text);
}

std::string flags(const Option& option)
{
  std::vector<std::string> names = config::flag_names(option);
  if (names.empty()) {
    return bullet("Flag: none");
  }
  names.front() = with_metavar(names.front(), option.metavar);
  std::string text = fmt::format("Flag: {}", code(names));
  if (config::is_list(option)) {
    text += option.rules.separator == ',' ? "; several: repeat it, or separate with commas"
                                          : "; several: repeat it";
  } else if (config::is_map(option)) {
    text += "; several: repeat it";
  }
  return bullet(text);
}

std::string variables(const Option& option)
{
  const std::vector<std::string> names = config::variable_names(option);
  const std::string_view form = config::is_map(option) ? ", a JSON object" : "";
  return names.empty() ? "" : bullet(fmt::format("Variable: {}{}", code(names), form));
}

std::string file(const Option& option)
{
  const std::vector<std::string> keys = config::key_names(option);
  if (keys.empty()) {
    return bullet("File: no");
  }
  std::string text = fmt::format("File: `{}`", config::file_example(option));
  const std::vector<std::string> more(keys.begin() + 1, keys.end());
  text += more.empty() ? "" : fmt::format("; also as {}", code(more));
  text += option.rules.guarded ? "; refused in a `./flame-ec2.toml` that nobody named" : "";
  return bullet(text);
}

std::string values(const Option& option)
{
  if (!option.rules.values.empty()) {
    return bullet(fmt::format("Values: {}", code(split(option.rules.values, ' '))));
  }
  if (config::is_number(option)) {
    return bullet(fmt::format("Values: {} to {}", option.rules.least, option.rules.most));
  }
  return "";
}

std::string setting(const Option& option)
{
  std::string text = fmt::format("\n### `{}`\n\n{}\n\n", option.key, sentence(option.help));
  text += flags(option) + variables(option) + file(option) + values(option);
  if (!option.rules.standard.empty()) {
    text += bullet(fmt::format("Default: {}", option.rules.standard));
  }
  if (!option.rules.ec2.empty()) {
    text += bullet(fmt::format("In RunInstances: `{}`", option.rules.ec2));
  }
  return option.rules.secret ? text + bullet("Its value is a secret, and shown as `***`") : text;
}

} // namespace

std::string_view settings_introduction()
{
  return "Every setting is a flag, a variable and a key of the file of settings: --key-name, "
         "FLAME_EC2_KEY_NAME, key_name. A flag wins over a variable, a variable over [pool.NAME] "
         "of the file, that over the top of the file, and all over what the surroundings say "
         "($AWS_REGION, $RELEASE_NAME). A higher layer replaces lists, and merges env and tags by "
         "key. An empty variable counts as not set; an empty flag is a mistake. Times have a "
         "unit: 90s, 5m, 1h30m, 2d. flame-ec2 configure --show prints each setting with its value "
         "and where it comes from.\n\n"
         "The file is the one that --config names, else the one of $FLAME_EC2_CONFIG, else "
         "./flame-ec2.toml, else $XDG_CONFIG_HOME/flame-ec2/config.toml (~/.config), else "
         "/etc/flame-ec2/config.toml; -v says which was read. The pool is the one of --pool, else "
         "of $FLAME_EC2_POOL. From a ./flame-ec2.toml that nobody named, settings are refused "
         "that say where requests and credentials go: endpoints, profile, certificate authorities, "
         "allow_http.";
}

std::string settings_reference()
{
  std::string text = "# Settings\n\nThis is what `flame-ec2 help settings` prints.\n";
  for (const std::string& line : split(settings_introduction(), '\n')) {
    text += line.empty() ? "" : fmt::format("\n{}\n", wrapped(line, 0, 0));
  }
  for (const config::Group group : config::all_groups()) {
    text += fmt::format("\n## {}\n", config::title(group));
    for (const Option& option : config::options()) {
      text += option.group == group ? setting(option) : "";
    }
  }
  return text;
}

} // namespace flame::cli
