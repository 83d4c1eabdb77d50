#include "cli/show_settings.hpp"

#include "cli/console.hpp"
#include "cli/json.hpp"
#include "cli/wrapping.hpp"
#include "config/options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

using config::Option;
using S = config::Settings;
using Map = std::map<std::string, std::string>;

// In the order of `--help`, without those that only name a file of others.
std::vector<const Option*> shown_options()
{
  std::vector<const Option*> found;
  for (const config::Group group : config::all_groups()) {
    for (const Option& option : config::options()) {
      if (option.group == group && option.rules.file_of.empty()) {
        found.push_back(&option);
      }
    }
  }
  return found;
}

struct Line {
  std::string key = {};
  std::string value = {};
  std::string origin = {};
};

Line line_of(const Option& option, const config::Configured& configured)
{
  const auto origin = configured.origins.find(option.key);
  if (origin == configured.origins.end()) {
    const std::string_view standard = option.rules.standard;
    return {std::string(option.key), "-",
            standard.empty() ? "not set" : fmt::format("not set; default: {}", standard)};
  }
  std::string value = printable(config::shown(option, configured.settings));
  return {std::string(option.key), value.empty() ? "(empty)" : value,
          printable(origin->second.text)};
}

std::string in_columns(const Line& line, std::size_t keys, std::size_t values, std::size_t columns)
{
  const std::size_t origins = keys + values + 4;
  const std::size_t start = keys + std::max(values, line.value.size()) + 4;
  return fmt::format("{:{}}  {:{}}  {}\n", line.key, keys, line.value, values,
                     wrapped(line.origin, start, origins, columns));
}

std::string in_lines(const Line& line, std::size_t columns)
{
  constexpr std::size_t k_indent = 4;
  return fmt::format("{}\n{:{}}{}\n", wrapped(line.key + "  " + line.value, 0, k_indent, columns),
                     "", k_indent, wrapped(line.origin, k_indent, k_indent, columns));
}

// Three columns where `columns` have room for them; else where a value comes from stands below it.
std::string table(const config::Configured& configured, std::size_t columns)
{
  constexpr std::size_t k_least = 20; // of where it comes from
  std::vector<Line> lines;
  std::size_t keys = 0;
  std::size_t values = 0;
  for (const Option* option : shown_options()) {
    const Line& line = lines.emplace_back(line_of(*option, configured));
    keys = std::max(keys, line.key.size());
    values = std::max(values, std::min(line.value.size(), std::size_t(40)));
  }
  const bool wide = keys + values + 4 + k_least < columns;
  std::string text;
  for (const Line& line : lines) {
    text += wide ? in_columns(line, keys, values, columns) : in_lines(line, columns);
  }
  return text;
}

void write_map(Json& json, const Map& map, bool secret)
{
  json.begin();
  for (const auto& [name, value] : map) {
    json.key(name).text(secret ? "***" : value);
  }
  json.end();
}

void write_value(Json& json, const Option& option, const S& settings)
{
  if (const auto* map = std::get_if<Map S::*>(&option.field)) {
    return write_map(json, settings.*(*map), option.rules.secret);
  }
  if (const auto* list = std::get_if<std::vector<std::string> S::*>(&option.field)) {
    json.begin_list();
    for (const std::string& item : settings.*(*list)) {
      json.text(item);
    }
    json.end_list();
    return;
  }
  const std::string text = config::shown(option, settings);
  switch (config::kind(option)) {
  case config::Kind::toggle:
    json.boolean(text == "true");
    break;
  case config::Kind::number:
    json.number(text.empty() ? std::nullopt : std::optional(std::stol(text)));
    break;
  default:
    json.text_or_null(text);
  }
}

std::string json_text(const config::Configured& configured)
{
  Json json;
  json.begin();
  for (const Option* option : shown_options()) {
    const auto origin = configured.origins.find(option->key);
    const bool set = origin != configured.origins.end();
    json.key(option->key).begin();
    json.key("value");
    if (set) {
      write_value(json, *option, configured.settings);
    } else {
      json.text_or_null("");
    }
    json.key("origin").text_or_null(set ? origin->second.text : "");
    json.key("default").text_or_null(option->rules.standard);
    json.end();
  }
  return json.end().line();
}

} // namespace

std::string settings_output(const config::Configured& configured, Output output,
                            std::optional<int> width)
{
  const auto columns = width ? static_cast<std::size_t>(std::max(*width, 20)) : std::string::npos;
  return output == Output::json ? json_text(configured) : table(configured, columns);
}

} // namespace flame::cli
