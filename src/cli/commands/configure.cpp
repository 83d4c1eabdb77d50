#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/config_file.hpp"
#include "cli/configure_from.hpp"
#include "cli/json.hpp"
#include "cli/read_settings.hpp"
#include "cli/show_settings.hpp"
#include "config/file_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flame::cli {
namespace {

constexpr std::string_view k_head = "# Settings of flame-ec2, written by flame-ec2 configure. All "
                                    "settings: flame-ec2 help settings\n";

Result<void> show(const Invocation& invocation, World& world, Console& console)
{
  config::Configured configured = read_settings(invocation, world, console);
  if (const auto failure = std::exchange(configured.failure, std::nullopt)) {
    if (failure->kind == ErrorKind::interrupted) {
      return tl::unexpected(*failure);
    }
    console.warn(failure->message); // what is set without it can be shown all the same
  }
  if (const auto valid = no_mistakes(configured); !valid) {
    return tl::unexpected(valid.error());
  }
  return world.write_out(settings_output(configured, invocation.output, world.terminal.out_width));
}

// A file that nobody names must not say where credentials go, so it is not written there either.
void leave_guarded_out(config::ToWrite& settings, Console& console)
{
  for (const config::Option& option : config::options()) {
    if (option.rules.guarded && settings.configured.origins.erase(std::string(option.key)) > 0) {
      console.warn(fmt::format("{} is left out: it is not taken from ./{} unless that is named; "
                               "write another file with --config FILE",
                               option.key, k_here));
    }
  }
}

std::string ended_by_newline(const std::string& text)
{
  return text.empty() || text.ends_with('\n') ? text : text + "\n";
}

// A pool is added at the end, so that all that stands in the file stays as it is.
Result<std::string> with_pool(const std::string& old, const std::string& added,
                              const ConfigPlace& place, const std::string& pool,
                              std::span<const config::Group> groups)
{
  const auto edit = fmt::format("edit it by hand; with --print the lines are printed instead");
  const config::FileLayers before = config::file_layers(old, {place.path, true, ""}, groups);
  if (std::ranges::count(before.pools, pool) > 0) {
    return fail(ErrorKind::config, fmt::format(R"("{}" has a pool "{}" already)", place.path, pool),
                edit);
  }
  std::string text = ended_by_newline(old) + "\n" + added;
  const config::FileLayers after = config::file_layers(text, {place.path, true, pool}, groups);
  if (!after.mistakes.empty()) {
    return fail(ErrorKind::config,
                fmt::format("the pool cannot be added to \"{}\": {}", place.path,
                            after.mistakes.front().message),
                edit);
  }
  return text;
}

std::string result_text(const ConfigPlace& place, const std::string& pool,
                        const config::ToWrite& settings, Output output)
{
  if (output != Output::json) {
    return place.path + "\n";
  }
  Json json;
  json.begin().key("path").text(place.path);
  json.key("pool").text_or_null(pool);
  json.key("settings").begin_list();
  for (const std::string& key : config::keys_of(settings)) {
    json.text(key);
  }
  return json.end_list().end().line();
}

struct Writing {
  const Invocation& invocation;
  World& world;
  Console& console;
  ConfigPlace place;
  std::string pool; // "" for the top of the file
};

// The whole new file, or why it is not written.
Result<std::string> new_file(const Writing& it, const std::string& text)
{
  const auto old = it.world.find_file(it.place.path);
  if (!old) {
    return tl::unexpected(old.error());
  }
  if (!*old) {
    return fmt::format("{}\n{}", k_head, text);
  }
  if (!it.pool.empty()) {
    return with_pool(**old, text, it.place, it.pool, it.invocation.command->groups);
  }
  if (!it.invocation.has("--force")) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is there already", it.place.path),
                "give --force to replace it, --pool NAME to add a pool to it, or --config FILE to "
                "write another");
  }
  return fmt::format("{}\n{}", k_head, text);
}

Result<void> write(const Writing& it, const config::ToWrite& settings, const std::string& text)
{
  const auto whole = new_file(it, text);
  if (!whole) {
    return tl::unexpected(whole.error());
  }
  const auto written = it.world.write_file(it.place.path, *whole);
  if (!written) {
    return tl::unexpected(written.error());
  }
  it.console.note(fmt::format("{} holds {}", it.place.path, join(config::keys_of(settings), ", ")));
  return it.world.write_out(result_text(it.place, it.pool, settings, it.invocation.output));
}

// Without anything to write: what could be, and where.
Result<void> offer(const Writing& it)
{
  it.console.note(fmt::format("nothing is written; with settings as flags, {} would be: flame-ec2 "
                              "configure --region eu-west-1 --app demo",
                              it.place.path));
  return it.world.write_out(config::file_template());
}

} // namespace

Result<void> run_configure(const Invocation& invocation, World& world, Console& console)
{
  const ConfigChoice choice{invocation.value("--config"), invocation.value("--pool")};
  const Writing it{invocation, world, console, place_to_write(choice, world),
                   choice.pool.value_or("")};
  auto looked_up = looked_up_layer(invocation, it.place, world, console);
  if (!looked_up) {
    return tl::unexpected(std::move(looked_up.error()));
  }
  if (invocation.has("--show")) {
    return show(invocation, world, console);
  }
  // What goes into the file.
  std::vector<config::Layer> layers = {config::flags_layer(invocation.settings)};
  if (*looked_up) {
    layers.push_back(std::move(**looked_up));
  }
  config::ToWrite settings = config::prepare_to_write(std::move(layers), invocation.command->groups,
                                                      {world.env, world.read_file});
  config::Configured all = settings.configured;
  if ((choice.pool && choice.pool->empty()) || it.place.path.empty()) {
    all.mistakes.push_back(
      {fmt::format("flag {}: the value is empty", it.place.path.empty() ? "--config" : "--pool"),
       "give a name, or leave it out"});
  }
  if (const auto valid = no_mistakes(all); !valid) {
    return tl::unexpected(valid.error());
  }
  if (!it.place.named) {
    leave_guarded_out(settings, console);
  }
  if (config::keys_of(settings).empty()) {
    return offer(it);
  }
  const auto text = config::file_text(settings, it.pool);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return invocation.has("--print") ? world.write_out(*text) : write(it, settings, *text);
}

} // namespace flame::cli
