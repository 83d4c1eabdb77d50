#include "config/file.hpp"

#include "base/text.hpp"
#include "base/toml.hpp"
#include "config/file_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace flame::config {
namespace {

constexpr std::string_view k_pool = "pool";

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
    FileValue said = file_value(option, entry);
    for (auto& [line, row] : said.rows) {
      row.origin = fmt::format("{}:{}", source_.name, line);
      layer.rows.push_back(std::move(row));
    }
    for (const auto& [line, wrong] : said.wrong) {
      mistake(line, wrong.message, wrong.hint);
    }
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
