#include "config/file_text.hpp"

#include "base/text.hpp"
#include "base/toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::config {
namespace {

using S = Settings;
using Strings = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

std::string list_text(const Strings& values)
{
  Strings texts;
  std::ranges::transform(values, std::back_inserter(texts), toml_text);
  return fmt::format("[{}]", join(texts, ", "));
}

// "key = value", as many lines as it takes.
std::string setting_lines(const Option& option, const Settings& settings)
{
  if (const auto* map = std::get_if<Map S::*>(&option.field)) {
    std::string text;
    for (const auto& [name, value] : settings.*(*map)) {
      text += fmt::format("{}.{} = {}\n", option.key, toml_key(name), toml_text(value));
    }
    return text;
  }
  if (const auto* list = std::get_if<Strings S::*>(&option.field)) {
    return fmt::format("{} = {}\n", option.key, list_text(settings.*(*list)));
  }
  const std::string text = text_of(option, settings);
  const bool bare = kind(option) == Kind::toggle || kind(option) == Kind::number;
  return fmt::format("{} = {}\n", option.key, bare ? text : toml_text(text));
}

// As the file has it: one path plain, several as a list.
std::string file_lines(const Option& option, const std::vector<Row>& files)
{
  Strings paths;
  for (const Row& row : files) {
    if (row.option == &option) {
      paths.push_back(row.text);
    }
  }
  return paths.empty()
           ? ""
           : fmt::format("{} = {}\n", option.key,
                         paths.size() == 1 ? toml_text(paths.front()) : list_text(paths));
}

std::string lines_of(const Option& option, const ToWrite& it)
{
  if (!option.rules.file_of.empty()) {
    return file_lines(option, it.files);
  }
  const bool set = it.configured.origins.contains(option.key);
  return set ? setting_lines(option, it.configured.settings) : "";
}

std::string comment(const Option& option, const ToWrite& it)
{
  const auto origin = it.configured.origins.find(option.key);
  const bool found = origin != it.configured.origins.end() && origin->second.rank == Rank::metadata;
  return fmt::format("# {}{}\n", option.help,
                     found ? fmt::format(" ({})", origin->second.text) : "");
}

// " (one of a, b; default: a)"
std::string remark(const Option& option)
{
  Strings parts;
  if (!option.rules.values.empty()) {
    parts.push_back(fmt::format("one of {}", join(split(option.rules.values, ' '), ", ")));
  }
  if (!option.rules.standard.empty()) {
    parts.push_back(fmt::format("default: {}", option.rules.standard));
  }
  return parts.empty() ? "" : fmt::format(" ({})", join(parts, "; "));
}

} // namespace

std::string file_example(const Option& option)
{
  const std::string text = toml_text(
    option.rules.values.empty() ? option.metavar : split(option.rules.values, ' ').front());
  switch (kind(option)) {
  case Kind::toggle:
    return fmt::format("{} = true", option.key);
  case Kind::number:
    return fmt::format("{} = {}", option.key, option.rules.least);
  case Kind::time:
    return fmt::format("{} = \"5m\"", option.key);
  case Kind::list:
    return fmt::format("{} = [{}]", option.key, text);
  case Kind::map:
    return fmt::format("{}.{} = \"VALUE\"", option.key,
                       option.metavar.substr(0, option.metavar.find('=')));
  case Kind::text:
  case Kind::file:
    break;
  }
  return fmt::format("{} = {}", option.key, text);
}

ToWrite prepare_to_write(std::vector<Layer> layers, std::span<const Group> groups, Caller caller)
{
  ToWrite result;
  caller.copies = false;
  std::vector<Layer> kept;
  for (Layer& layer : layers) {
    Layer& to = kept.emplace_back(Layer{.rank = layer.rank});
    for (Row& row : layer.rows) {
      const bool copied = row.option->key == "env" && row.form == Form::flag
                          && row.text.find('=') == std::string::npos;
      if (copied) {
        row.option = find_key("env_from");
        row.form = Form::exact;
      }
      if (!row.option->rules.file_of.empty()) {
        result.files.push_back(row);
      } else {
        to.rows.push_back(row);
      }
    }
  }
  result.configured = merge(kept, groups, caller);
  result.configured.mistakes = merge(std::move(layers), groups, caller).mistakes;
  return result;
}

Result<std::string> file_text(const ToWrite& settings, std::string_view pool)
{
  std::string text = pool.empty() ? "" : fmt::format("[pool.{}]\n", toml_key(pool));
  Mistakes mistakes(ErrorKind::config);
  for (const Group group : all_groups()) {
    for (const Option& option : options()) {
      const std::string lines = option.group == group ? lines_of(option, settings) : "";
      if (!is_valid_utf8(lines)) {
        mistakes.add(fmt::format("{} holds bytes that are no UTF-8, and a file cannot", option.key),
                     "give it as a flag or a variable each time");
      }
      text += lines.empty() ? "" : comment(option, settings) + lines;
    }
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  return text;
}

std::string file_template()
{
  std::string text = "# Settings of flame-ec2. Take the '#' away from what you set.\n"
                     "# Below [pool.NAME] stand settings for --pool NAME alone.\n";
  for (const Group group : all_groups()) {
    text += fmt::format("\n# {}\n", title(group));
    for (const Option& option : options()) {
      if (option.group == group && !key_names(option).empty() && option.rules.no_effect.empty()) {
        text += fmt::format("# {}{}\n#{}\n", option.help, remark(option), file_example(option));
      }
    }
  }
  return text;
}

std::vector<std::string> keys_of(const ToWrite& settings)
{
  std::vector<std::string> keys;
  for (const Group group : all_groups()) {
    for (const Option& option : options()) {
      if (option.group == group && !lines_of(option, settings).empty()) {
        keys.emplace_back(option.key);
      }
    }
  }
  return keys;
}

} // namespace flame::config
