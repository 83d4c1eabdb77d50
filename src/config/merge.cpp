#include "config/merge.hpp"

#include "base/text.hpp"
#include "config/clean.hpp"
#include "config/env_file.hpp"
#include "config/json_object.hpp"
#include "config/scalar.hpp"

#include <fmt/format.h>

#include <utility>

namespace flame::config {
namespace {

using S = Settings;
using Strings = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

} // namespace

void Merge::begin_layer(Rank rank)
{
  rank_ = rank;
  seen_.clear();
}

void Merge::add(const Row& row)
{
  if (!row.option->rules.file_of.empty()) {
    return add_file(row);
  }
  if (const auto* list = std::get_if<Strings S::*>(&row.option->field)) {
    add_list(row, done_.settings.*(*list));
  } else if (const auto* map = std::get_if<Map S::*>(&row.option->field)) {
    add_map(row, done_.settings.*(*map));
  } else if (const auto set = set_scalar(done_.settings, *row.option, row.text); !set) {
    mistake(row, set.error());
  }
  if (!row.option->rules.no_effect.empty()) {
    done_.warnings.push_back(
      fmt::format("{}: {} {}", row.origin, row.option->key, row.option->rules.no_effect));
  }
  seen_.insert(row.option->key);
  done_.origins.insert_or_assign(std::string(row.option->key), Origin{rank_, row.origin});
}

void Merge::add_file(const Row& row)
{
  const Option& option = *find_key(row.option->rules.file_of);
  const auto text = row.text.empty() ? cleaned(*row.option, {}, {}) : caller_.read_file(row.text);
  if (!text) {
    return mistake(row, text.error());
  }
  const Row content{&option, *text, fmt::format("file {}", row.text), Form::exact};
  if (is_map(option)) {
    return add_env_file(content, *text);
  }
  // One line break at the end is the editor's.
  Row line = content;
  if (line.text.ends_with('\n')) {
    line.text.pop_back();
  }
  if (line.text.ends_with('\r')) {
    line.text.pop_back();
  }
  add(line);
}

void Merge::add_env_file(const Row& row, const std::string& text)
{
  const auto lines = parse_env_file(text);
  if (!lines) {
    return mistake(row, lines.error());
  }
  for (const EnvLine& line : *lines) {
    Row entry = row;
    entry.origin = fmt::format("{} line {}", row.origin, line.line);
    entry.name = line.name;
    entry.text = line.value.value_or(line.name);
    entry.form = line.value ? Form::exact : Form::flag;
    add(entry);
  }
}

void Merge::add_list(const Row& row, Strings& list)
{
  if (!seen_.contains(row.option->key)) {
    list.clear();
  }
  if (row.form == Form::none) {
    return;
  }
  const char separator = row.option->rules.separator;
  const Strings pieces = row.form == Form::exact ? Strings{row.text} : split(row.text, separator);
  for (const std::string& piece : pieces) {
    const auto value = cleaned(*row.option, {}, trim(piece));
    list.push_back(value.value_or(piece));
    if (!value) {
      mistake(row, value.error());
    }
  }
}

void Merge::add_map(const Row& row, Map& map)
{
  if (row.form == Form::exact) {
    return add_entry(row, map, row.name, row.text);
  }
  if (row.form == Form::variable) {
    const auto entries = parse_json_object(row.text, row.option->rules.scalars);
    if (!entries) {
      return mistake(row, entries.error());
    }
    for (const auto& [name, value] : *entries) {
      add_entry(row, map, name, value);
    }
    return;
  }
  const std::size_t equals = row.text.find('=');
  if (equals == std::string::npos) {
    return add_copy(row, map, row.text);
  }
  add_entry(row, map, row.text.substr(0, equals), row.text.substr(equals + 1));
}

void Merge::add_entry(const Row& row, Map& map, const std::string& name, const std::string& value)
{
  const auto clean = name.empty() ? fail(ErrorKind::config, "an entry has no name",
                                         fmt::format("write {}", row.option->metavar))
                                  : cleaned(*row.option, name, value);
  if (!clean) {
    return mistake(row, clean.error());
  }
  put(row, map, name, *clean);
}

void Merge::put(const Row& row, Map& map, const std::string& name, const std::string& value)
{
  map.insert_or_assign(name, value);
  done_.entries.insert_or_assign(fmt::format("{} \"{}\"", row.option->key, name),
                                 Origin{rank_, row.origin});
}

// KEY alone, as docker has it: the caller's value, and nothing when there is none.
void Merge::add_copy(const Row& row, Map& map, const std::string& name)
{
  const auto valid = cleaned(*row.option, name, {});
  if (row.option->key != "env") {
    return mistake(row, {.message = fmt::format("\"{}\" has no '='", name),
                         .hint = fmt::format("write {}", row.option->metavar)});
  }
  if (!valid || name.empty()) {
    return mistake(row, clean_variable_name({}, name).error());
  }
  const auto found = caller_.env.find(name);
  if (found == caller_.env.end()) {
    done_.warnings.push_back(
      fmt::format("{}: {} is not set here, so it is not copied", row.origin, name));
    return;
  }
  put(row, map, name, found->second);
}

// `env_from` says what the release needs, so a missing one is a mistake. `env` wins over it.
void Merge::copy_env_from()
{
  Settings& settings = done_.settings;
  for (const std::string& name : settings.env_from) {
    const auto found = caller_.env.find(name);
    if (found != caller_.env.end()) {
      settings.env.insert(*found);
    } else if (is_variable_name(name)) {
      const Origin& origin = done_.origins["env_from"];
      done_.mistakes.push_back({fmt::format("{}: variable {} is not set here", origin.text, name),
                                "set it, or leave its name out"});
    }
  }
}

// Flags and variables say in their origin which setting they are; a line of a file does not.
void Merge::mistake(const Row& row, const Error& error)
{
  const bool of_file = rank_ == Rank::file || rank_ == Rank::pool;
  const std::string where =
    of_file ? fmt::format("{}: {}", row.origin, row.option->key) : row.origin;
  done_.mistakes.push_back({fmt::format("{}: {}", where, error.message), error.hint});
  for (const Mistake& more : error.also) {
    done_.mistakes.push_back({fmt::format("{}: {}", where, more.message), more.hint});
  }
}

Configured Merge::finish() &&
{
  if (caller_.copies) {
    copy_env_from();
  }
  return std::move(done_);
}

} // namespace flame::config
