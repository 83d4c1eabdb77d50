#include "config/file.hpp"

#include "base/text.hpp"
#include "config/toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace flame::config {
namespace {

using S = Settings;

constexpr std::string_view k_pool = "pool";

bool is_time(const Option& option)
{
  return std::holds_alternative<std::optional<Millis> S::*>(option.field)
         || std::holds_alternative<std::optional<Lifetime> S::*>(option.field);
}

bool is_switch(const Option& option)
{
  return std::holds_alternative<bool S::*>(option.field) || is_choice(option);
}

// A number may stand in quotes too.
bool is_scalar(const Option& option, TomlKind kind)
{
  return kind == TomlKind::text || (is_number(option) && kind == TomlKind::number);
}

// Also those that name a file: several may be named.
bool takes_list(const Option& option)
{
  return is_list(option) || std::holds_alternative<std::monostate>(option.field);
}

// How it should have been written.
std::string right_form(const Option& option, std::string_view key, const TomlValue& value)
{
  const bool plain = !value.text.empty() && !option.rules.secret;
  const std::string text = plain ? toml_text(value.text) : "\"…\"";
  if (is_switch(option)) {
    return fmt::format("write {} = true or false, without quotes", key);
  }
  if (is_map(option)) {
    return fmt::format("write {}.KEY = \"value\", or a table [{}]", key, key);
  }
  if (is_time(option)) {
    return fmt::format("write a text with a unit: {} = \"{}s\"", key,
                       value.text.empty() ? "90" : value.text);
  }
  if (is_number(option)) {
    return fmt::format("write {} = {}, from {} to {}", key, option.rules.least, option.rules.least,
                       option.rules.most);
  }
  return fmt::format("write {} = {}", key, takes_list(option) ? fmt::format("[{}]", text) : text);
}

class Reader {
public:
  Reader(const FileSource& source, std::span<const Group> groups) : source_(source), groups_(groups)
  {
  }

  FileLayers read(const TomlValue& top)
  {
    table(top, done_.file, true);
    for (const TomlValue& entry : top.items) {
      if (entry.key == k_pool) {
        pools(entry);
      }
    }
    std::ranges::sort(done_.pools);
    if (!source_.pool.empty() && std::ranges::count(done_.pools, source_.pool) == 0) {
      no_such_pool();
    }
    return std::move(done_);
  }

private:
  void pools(const TomlValue& entry)
  {
    if (entry.kind != TomlKind::table) {
      return mistake(
        entry.line, fmt::format("pool is {}, not a table", name(entry.kind)),
        "write the settings of a pool below [pool.NAME], and choose it with --pool NAME");
    }
    for (const TomlValue& pool : entry.items) {
      if (pool.kind != TomlKind::table) {
        mistake(pool.line,
                fmt::format("pool.{} is {}, not a table", toml_key(pool.key), name(pool.kind)),
                "write the settings of a pool below [pool.NAME]");
        continue;
      }
      done_.pools.push_back(pool.key);
      Layer unused; // of another pool: checked, and left
      table(pool, pool.key == source_.pool ? done_.pool : unused, false);
    }
  }

  void no_such_pool()
  {
    const std::vector<std::string_view> names(done_.pools.begin(), done_.pools.end());
    const std::string_view meant = nearest(source_.pool, names);
    const std::string all = done_.pools.empty()
                              ? "it has none; write one below [pool.NAME]"
                              : fmt::format("its pools: {}", join(done_.pools, ", "));
    done_.mistakes.push_back(
      {fmt::format("{} has no pool \"{}\"", source_.name, source_.pool),
       meant.empty() ? all : fmt::format("did you mean {}? {}", meant, all)});
    done_.incomplete = true;
  }

  void table(const TomlValue& table, Layer& layer, bool top)
  {
    std::map<const Option*, std::size_t> lines;
    for (const TomlValue& entry : table.items) {
      if (top && entry.key == k_pool) {
        continue;
      }
      const Option* option = find_key(entry.key);
      if (option == nullptr) {
        unknown(entry);
      } else if (std::ranges::count(groups_, option->group) > 0) {
        const auto [first, is_first] = lines.emplace(option, entry.line);
        if (!is_first) {
          mistake(entry.line,
                  fmt::format("{} is the same setting as {} in line {}", entry.key, option->key,
                              first->second),
                  "keep one of the two");
        } else {
          setting(*option, entry, layer);
        }
      }
    }
  }

  void unknown(const TomlValue& entry)
  {
    std::vector<std::string> keys;
    for (const Option& option : options()) {
      std::ranges::move(key_names(option), std::back_inserter(keys));
    }
    keys.emplace_back(k_pool);
    const std::vector<std::string_view> candidates(keys.begin(), keys.end());
    const std::string_view meant = nearest(entry.key, candidates);
    mistake(entry.line, fmt::format("{} is no setting", toml_key(entry.key)),
            meant.empty() ? "see: flame-ec2 help settings"
                          : fmt::format("did you mean {}?", meant));
  }

  void setting(const Option& option, const TomlValue& entry, Layer& layer)
  {
    if ((option.rules.sources & k_file) == 0) {
      const auto flags = flag_names(option);
      return mistake(entry.line, fmt::format("{} is not taken from a file", entry.key),
                     flags.empty() ? "leave it out" : fmt::format("give {}", flags.front()));
    }
    if (option.rules.guarded && !source_.named) {
      return mistake(
        entry.line,
        fmt::format("{} is not taken from a file that nobody named, since that could send "
                    "credentials elsewhere",
                    entry.key),
        fmt::format("name the file: --config {}; or keep {} in ~/.config/flame-ec2/config.toml",
                    source_.name, option.key));
    }
    if (option.rules.secret && std::ranges::count(done_.secrets, option.key) == 0) {
      done_.secrets.emplace_back(option.key);
    }
    value(option, entry, layer);
  }

  void value(const Option& option, const TomlValue& entry, Layer& layer)
  {
    if (is_map(option) && entry.kind == TomlKind::table) {
      return map(option, entry, layer);
    }
    if (takes_list(option) && entry.kind == TomlKind::list) {
      return list(option, entry, layer);
    }
    const bool right = is_map(option)      ? entry.kind == TomlKind::table
                       : is_switch(option) ? entry.kind == TomlKind::boolean
                                           : is_scalar(option, entry.kind);
    if (!right || (entry.kind == TomlKind::number && entry.text.empty())) {
      return wrong_type(option, entry);
    }
    // Lines of a text with several: the last line break is the writer's, not an element.
    std::string text = entry.text;
    if (is_list(option) && option.rules.separator == '\n' && text.ends_with('\n')) {
      text.pop_back();
    }
    add(layer, {&option, text, {}, Form::variable}, entry.line);
  }

  void wrong_type(const Option& option, const TomlValue& entry)
  {
    const bool no_unit = is_time(option) && entry.kind == TomlKind::number;
    mistake(entry.line,
            no_unit ? fmt::format("{} is a number without a unit", entry.key)
                    : fmt::format("{} is {}, not {}", entry.key, name(entry.kind),
                                  is_map(option)       ? "a table"
                                  : is_switch(option)  ? "true or false"
                                  : is_number(option)  ? "a whole number"
                                  : takes_list(option) ? "a list of texts"
                                                       : "a text"),
            right_form(option, entry.key, entry));
  }

  void list(const Option& option, const TomlValue& entry, Layer& layer)
  {
    if (entry.items.empty() && is_list(option)) {
      add(layer, {&option, {}, {}, Form::none}, entry.line);
    }
    for (const TomlValue& item : entry.items) {
      if (item.kind == TomlKind::text) {
        add(layer, {&option, item.text, {}, Form::exact}, item.line);
      } else {
        mistake(item.line, fmt::format("{} holds {}, not only texts", entry.key, name(item.kind)),
                right_form(option, entry.key, item));
      }
    }
  }

  void map(const Option& option, const TomlValue& entry, Layer& layer)
  {
    for (const TomlValue& pair : entry.items) {
      const std::string whole = fmt::format("{}.{}", entry.key, toml_key(pair.key));
      const bool scalar = option.rules.scalars && !pair.text.empty()
                          && (pair.kind == TomlKind::number || pair.kind == TomlKind::boolean);
      if (pair.kind == TomlKind::text || scalar) {
        add(layer, {&option, pair.text, {}, Form::exact, pair.key}, pair.line);
      } else if (pair.kind == TomlKind::table) {
        mistake(
          pair.line, fmt::format("{} is a table, not a text", whole),
          fmt::format("a name with a dot stands in quotes: {}.\"A.B\" = \"value\"", entry.key));
      } else {
        const bool plain = !option.rules.secret && !pair.text.empty();
        mistake(pair.line, fmt::format("{} is {}, not a text", whole, name(pair.kind)),
                fmt::format("write {} = {}", whole, plain ? toml_text(pair.text) : "\"…\""));
      }
    }
  }

  void add(Layer& layer, Row row, std::size_t line)
  {
    row.origin = fmt::format("{}:{}", source_.name, line);
    layer.rows.push_back(std::move(row));
  }

  void mistake(std::size_t line, const std::string& what, std::string hint)
  {
    done_.mistakes.push_back({fmt::format("{}:{}: {}", source_.name, line, what), std::move(hint)});
  }

  const FileSource& source_;
  std::span<const Group> groups_;
  FileLayers done_ = {};
};

} // namespace

FileLayers file_layers(std::string_view text, const FileSource& source,
                       std::span<const Group> groups)
{
  const auto top = parse_toml(text);
  if (!top) {
    FileLayers broken;
    broken.incomplete = true;
    broken.mistakes.push_back(
      {fmt::format("{}:{}: this is no TOML: {}", source.name, top.error().line,
                   top.error().message),
       fmt::format("look at column {} of the line; texts stand in quotes: region = \"eu-west-1\"",
                   top.error().column)});
    return broken;
  }
  return Reader(source, groups).read(*top);
}

} // namespace flame::config
