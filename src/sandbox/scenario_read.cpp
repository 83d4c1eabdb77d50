#include "base/text.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/scenario.hpp"
#include "sandbox/toml_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flame::sandbox {
namespace {

bool is_pattern(std::string_view text)
{
  return text.find('*') != std::string_view::npos;
}

class Reader : private TomlReading {
public:
  explicit Reader(std::string_view name) : TomlReading(name) {}

  Result<Scenario> read(const TomlValue& top)
  {
    Scenario stages = {{.supply = supply(top, {}, true)}};
    for (const TomlValue& entry : top.items) {
      if (entry.key != "later") {
        continue;
      }
      if (entry.kind != TomlKind::list) {
        wrong(entry, "later is a list", "write [[later]], with after = \"3s\" and what is then");
      }
      for (const TomlValue& item : entry.kind == TomlKind::list ? entry.items : None()) {
        later(item, stages);
      }
    }
    return mistakes().empty() ? Result<Scenario>(std::move(stages))
                              : tl::unexpected(mistakes().error());
  }

private:
  using None = std::vector<TomlValue>;
  struct Key {
    std::string_view name;
    TomlKind kind;
    void (Reader::*read)(const TomlValue& value, Supply& supply);
  };
  static constexpr std::string_view k_stage_keys[] = {"later", "after"};

  void later(const TomlValue& item, Scenario& stages)
  {
    if (item.kind != TomlKind::table) {
      return wrong(item, "an entry of later is no table", "write [[later]]");
    }
    const auto after = std::ranges::find(item.items, "after", &TomlValue::key);
    Stage stage{.supply = supply(item, stages.back().supply, false)};
    if (after == item.items.end()) {
      wrong(item, "later has no after", "say when: after = \"3s\"");
    } else {
      stage.after = time(*after).value_or(stages.back().after + Millis(1));
      if (stage.after <= stages.back().after) {
        wrong(*after, "after is not later than what stands before it", "order them by time");
      }
    }
    stages.push_back(std::move(stage));
  }

  // What the table changes of what was there before.
  Supply supply(const TomlValue& table, Supply before, bool top)
  {
    for (const TomlValue& entry : table.items) {
      if (entry.key == (top ? k_stage_keys[0] : k_stage_keys[1])) {
        continue;
      }
      const auto key = std::ranges::find(keys(), entry.key, &Key::name);
      if (key == keys().end()) {
        std::vector<std::string_view> known = {top ? k_stage_keys[0] : k_stage_keys[1]};
        std::ranges::transform(keys(), std::back_inserter(known), &Key::name);
        unknown(entry, "a scenario", known);
      } else if (key->kind != entry.kind) {
        wrong(entry, fmt::format("{} is {}, not {}", entry.key, flame::name(entry.kind),
                                 flame::name(key->kind)));
      } else {
        (this->*key->read)(entry, before);
      }
    }
    return before;
  }

  std::optional<Pool> pool(const TomlValue& entry)
  {
    std::optional<Pool> named = pool_named(entry.key);
    if (!named) {
      wrong(entry, fmt::format("{} is not TYPE/ZONE/MARKET", toml_key(entry.key)),
            "as in \"t3.nano/us-east-1a/spot\"; * stands for any");
    } else if (!is_pattern(named->type) && !architecture_of(named->type)) {
      wrong(entry, fmt::format("{} is no instance type of the sandbox", named->type),
            "flame-ec2-sandbox --world lists them");
      named.reset();
    }
    return named;
  }

  void visible_after(const TomlValue& value, Supply& supply)
  {
    supply.visible_after = time(value).value_or(Millis(0));
  }
  void states_after(const TomlValue& value, Supply& supply)
  {
    supply.states_after = time(value).value_or(Millis(0));
  }
  // NOLINTNEXTLINE(readability-convert-member-functions-to-static): it stands in the table
  void spot_role(const TomlValue& value, Supply& supply)
  {
    supply.spot_role = value.text == "true";
  }

  void capacity(const TomlValue& table, Supply& supply)
  {
    for (const TomlValue& entry : table.items) {
      std::optional<Pool> named = pool(entry);
      const std::optional<int> room = number(entry);
      if (named && room) {
        named->room = *room;
        supply.pools[entry.key] = *named;
      }
    }
  }

  void addresses(const TomlValue& table, Supply& supply)
  {
    for (const TomlValue& entry : table.items) {
      const Subnet* const subnet = find_subnet(entry.key);
      const std::optional<int> free = number(entry);
      if (subnet == nullptr) {
        wrong(entry, fmt::format("{} is no subnet of the sandbox", toml_key(entry.key)),
              "flame-ec2-sandbox --world lists them");
      } else if (free && *free > most_hosts(*subnet)) {
        wrong(entry,
              fmt::format("{} has no more than {} addresses", entry.key, most_hosts(*subnet)));
      } else if (free) {
        supply.addresses[entry.key] = *free;
      }
    }
  }

  void quotas(const TomlValue& table, Supply& supply)
  {
    for (const TomlValue& entry : table.items) {
      const std::vector<std::string> parts = split(entry.key, '/');
      const bool named = parts.size() == 2 && is_quota_group(parts[0])
                         && (parts[1] == "spot" || parts[1] == "on-demand");
      const std::optional<int> vcpus = number(entry);
      if (!named) {
        wrong(entry, fmt::format("{} is no quota", toml_key(entry.key)),
              "standard or g, a slash, and spot or on-demand: \"standard/spot\" = 8 (vCPUs)");
      } else if (vcpus) {
        supply.quotas[entry.key] = *vcpus;
      }
    }
  }

  void not_offered(const TomlValue& table, Supply& supply)
  {
    for (const TomlValue& zone : table.items) {
      std::vector<std::string> types;
      for (const TomlValue& type : zone.items) {
        if (type.kind != TomlKind::text
            || (!is_pattern(type.text) && !architecture_of(type.text))) {
          wrong(type, fmt::format("\"{}\" is no instance type of the sandbox", type.text),
                R"(as in "m7i.large" or "m7i.*"; flame-ec2-sandbox --world lists them)");
        }
        types.push_back(type.text);
      }
      if (zone.kind != TomlKind::list) {
        wrong(zone, fmt::format("{} is {}, not a list of instance types", toml_key(zone.key),
                                flame::name(zone.kind)));
      }
      supply.lacks[zone.key] = std::move(types);
    }
  }

  void taken_back(const TomlValue& table, Supply& supply)
  {
    for (const TomlValue& entry : table.items) {
      const std::optional<Pool> named = pool(entry);
      TakenBack row{.pool = named.value_or(Pool())};
      if (entry.kind != TomlKind::table) {
        wrong(entry,
              fmt::format("{} is {}, not a table", toml_key(entry.key), flame::name(entry.kind)),
              "as in { count = 2 }");
      }
      for (const TomlValue& value : entry.kind == TomlKind::table ? entry.items : None()) {
        if (value.key == "reason" && value.kind == TomlKind::text) {
          row.reason = value.text;
        } else if (value.key == "count" || value.key == "skip") {
          (value.key == "count" ? row.count : row.skip) = number(value).value_or(0);
        } else {
          unknown(value, "taken_back", {"count", "skip", "reason"});
        }
      }
      if (named) {
        supply.taken_back[entry.key] = std::move(row);
      }
    }
  }

  void buckets(const TomlValue& table, Supply& supply)
  {
    for (const TomlValue& entry : table.items) {
      if (entry.key == "ec2" && entry.kind == TomlKind::boolean) {
        supply.ec2_limits = entry.text == "true";
      } else if (entry.kind != TomlKind::table) {
        wrong(entry,
              fmt::format("{} is {}, not a table", toml_key(entry.key), flame::name(entry.kind)),
              "ec2 = true, or as in RunInstances = { requests = 5, requests_per_second = 2 }");
      } else if (!is_pattern(entry.key) && !is_ec2_action(entry.key)) {
        wrong(entry, fmt::format("{} is no action of the sandbox's EC2", toml_key(entry.key)));
      } else {
        supply.limits[entry.key] = limit(entry);
      }
    }
  }

  ActionLimit limit(const TomlValue& table)
  {
    constexpr std::string_view known[] = {"requests", "requests_per_second", "machines",
                                          "machines_per_second"};
    std::map<std::string_view, int> given;
    for (const TomlValue& value : table.items) {
      const auto* const key = std::ranges::find(known, value.key);
      if (key == std::end(known)) {
        unknown(value, table.key, {std::begin(known), std::end(known)});
      } else {
        given[*key] = number(value).value_or(0);
      }
    }
    const auto bucket = [&](std::string_view size, std::string_view rate) -> std::optional<Bucket> {
      if (given.contains(size) != given.contains(rate)) {
        wrong(table, fmt::format("{} has one of {} and {}, which go together", toml_key(table.key),
                                 size, rate));
      }
      return given.contains(size) ? std::optional(Bucket{given[size], given[rate]}) : std::nullopt;
    };
    return {.requests = bucket(known[0], known[1]), .machines = bucket(known[2], known[3])};
  }

  static std::span<const Key> keys();
};

// To add a key: a row, a field of Supply, and its line in docs/sandbox.md.
std::span<const Reader::Key> Reader::keys()
{
  static constexpr Key all[] = {
    {"capacity", TomlKind::table, &Reader::capacity},
    {"addresses", TomlKind::table, &Reader::addresses},
    {"quotas", TomlKind::table, &Reader::quotas},
    {"not_offered", TomlKind::table, &Reader::not_offered},
    {"taken_back", TomlKind::table, &Reader::taken_back},
    {"buckets", TomlKind::table, &Reader::buckets},
    {"visible_after", TomlKind::text, &Reader::visible_after},
    {"states_after", TomlKind::text, &Reader::states_after},
    {"spot_role", TomlKind::boolean, &Reader::spot_role},
  };
  return all;
}

} // namespace

Result<Scenario> parse_scenario(std::string_view text, std::string_view name)
{
  const auto top = parse_toml(text);
  if (!top) {
    const TomlError& error = top.error();
    return fail(ErrorKind::usage,
                fmt::format("{}:{}:{}: {}", name, error.line, error.column, error.message));
  }
  return Reader(name).read(*top);
}

} // namespace flame::sandbox
