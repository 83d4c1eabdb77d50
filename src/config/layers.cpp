#include "config/layers.hpp"

#include "base/text.hpp"
#include "config/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::config {
namespace {

using Environment = std::map<std::string, std::string>;

constexpr std::string_view k_prefix = "FLAME_EC2_";

// The file and the pool, and what `boot --output env` prints: a script that exports it all must not
// be warned.
constexpr std::string_view k_no_settings[] = {"FLAME_EC2_CONFIG",       "FLAME_EC2_POOL",
                                              "FLAME_EC2_RUN_ID",       "FLAME_EC2_INSTANCE_ID",
                                              "FLAME_EC2_INSTANCE_IDS", "FLAME_EC2_PRIVATE_IP"};

const std::string* find(const Environment& env, const std::string& name)
{
  const auto found = env.find(name);
  return found == env.end() || found->second.empty() ? nullptr : &found->second;
}

// The first of `names` that is set.
void add(Layer& layer, const Option& option, const std::vector<std::string>& names,
         const Environment& env)
{
  for (const std::string& name : names) {
    if (const std::string* value = find(env, name)) {
      layer.rows.push_back({&option, *value, "variable " + name, Form::variable});
      return;
    }
  }
}

// --no-public-ip is public_ip = false.
std::string said(const Option& option, const Flag& flag)
{
  if (!is_denial(option, flag.name)) {
    return flag.value;
  }
  return flag.value == "true" ? "false" : flag.value == "false" ? "true" : flag.value;
}

// Two ways to say one thing.
constexpr std::string_view k_images[] = {"image", "image_id"};

bool names_image(const Row& row)
{
  return std::ranges::count(k_images, row.option->key) > 0;
}

// The nearest layer that says it takes the word from those below, whichever way they say it. Within
// one layer both are a mistake of the user's. `layers`: the nearest last.
void keep_nearest_image(std::vector<Layer>& layers)
{
  const auto says = [](const Layer& layer) { return std::ranges::any_of(layer.rows, names_image); };
  const auto nearest = std::find_if(layers.rbegin(), layers.rend(), says);
  std::for_each(nearest == layers.rend() ? nearest : std::next(nearest), layers.rend(),
                [](Layer& layer) { std::erase_if(layer.rows, names_image); });
}

// Of one field.
struct Copy {
  const Settings& from;
  Settings& to;
  template <typename T> void operator()(T Settings::*field) const { to.*field = from.*field; }
  void operator()(std::monostate /*nothing*/) const {}
};

} // namespace

Layer flags_layer(std::span<const Flag> flags)
{
  Layer layer{.rank = Rank::flag};
  for (const Flag& flag : flags) {
    const Option* option = find_flag(flag.name);
    layer.rows.push_back({option, said(*option, flag), "flag " + flag.name, Form::flag});
  }
  return layer;
}

Layer variables_layer(const Environment& env)
{
  Layer layer{.rank = Rank::variable};
  for (const Option& option : options()) {
    add(layer, option, variable_names(option), env);
  }
  return layer;
}

Layer surroundings_layer(const Environment& env)
{
  Layer layer{.rank = Rank::surroundings};
  for (const Option& option : options()) {
    if (!option.rules.otherwise.empty()) {
      add(layer, option, split(option.rules.otherwise, ' '), env);
    }
  }
  return layer;
}

std::vector<std::string> unknown_variables(const Environment& env)
{
  std::vector<std::string> known(std::begin(k_no_settings), std::end(k_no_settings));
  for (const Option& option : options()) {
    const std::vector<std::string> names = variable_names(option);
    known.insert(known.end(), names.begin(), names.end());
  }
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  std::vector<std::string> warnings;
  for (const auto& entry : env) {
    const std::string& name = entry.first;
    if (!name.starts_with(k_prefix) || std::ranges::count(known, name) > 0) {
      continue;
    }
    const std::string_view meant = nearest(name, candidates);
    warnings.push_back(fmt::format("variable {} is no setting{}", name,
                                   meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
  }
  return warnings;
}

Configured merge(std::vector<Layer> layers, std::span<const Group> groups, const Caller& caller)
{
  std::ranges::stable_sort(layers, {}, &Layer::rank);
  keep_nearest_image(layers);
  Merge merged(caller);
  for (const Layer& layer : layers) {
    merged.begin_layer(layer.rank);
    // What stands in a file is less near than what is said beside it.
    for (const bool files : {true, false}) {
      for (const Row& row : layer.rows) {
        const bool taken = std::ranges::count(groups, row.option->group) > 0;
        if (taken && files != row.option->rules.file_of.empty()) {
          merged.add(row);
        }
      }
    }
  }
  return std::move(merged).finish();
}

void add_below(Configured& configured, const Layer& layer)
{
  const Caller nobody;
  Merge merged(nobody);
  merged.begin_layer(layer.rank);
  for (const Row& row : layer.rows) {
    if (!configured.origins.contains(row.option->key)) {
      merged.add(row);
    }
  }
  const Configured added = std::move(merged).finish();
  for (const auto& entry : added.origins) {
    std::visit(Copy{added.settings, configured.settings}, find_key(entry.first)->field);
    configured.origins.insert(entry);
  }
  configured.entries.insert(added.entries.begin(), added.entries.end());
  configured.mistakes.insert(configured.mistakes.end(), added.mistakes.begin(),
                             added.mistakes.end());
  configured.warnings.insert(configured.warnings.end(), added.warnings.begin(),
                             added.warnings.end());
}

} // namespace flame::config
