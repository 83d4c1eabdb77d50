#include "cli/read_settings.hpp"

#include "base/text.hpp"
#include "cli/auto_configure.hpp"
#include "cli/config_file.hpp"
#include "config/attached.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flame::cli {
namespace {

void say_file(const ConfigFile& file, const World& world, Console& console)
{
  if (!file.place) {
    return console.detail("there is no file of settings");
  }
  const std::string& path = file.place->path;
  console.detail(fmt::format("settings are read from {}{}", path,
                             file.pool.empty() ? "" : fmt::format(", pool {}", file.pool)));
  if (!file.layers.secrets.empty() && world.others_can_read(path)) {
    console.warn(
      fmt::format("{} holds {}, and other users can read it; to change that: chmod 600 {}", path,
                  join(file.layers.secrets, ", "), path));
  }
}

void say_origins(const config::Configured& configured, const Command& command, Console& console)
{
  for (const config::Option* option : options_of(command)) {
    const auto origin = configured.origins.find(option->key);
    if (origin != configured.origins.end()) {
      console.detail(fmt::format("{} = {} ({})", option->key,
                                 config::shown(*option, configured.settings), origin->second.text));
    }
  }
}

// What is merged, as often as there is more of it.
struct Layers {
  std::vector<config::Layer> layers = {};
  std::optional<Result<client::AwsProfile>> profile = {}; // nullopt: not to be looked at
};

config::Configured merged(const Layers& from, const Command& command, const World& world)
{
  config::Configured configured =
    config::merge(from.layers, command.groups, {world.env, world.read_file});
  if (from.profile && *from.profile) {
    const auto value = [&](std::string_view key) { return (*from.profile)->value(key); };
    config::add_profile(configured, value, world.env);
  } else if (from.profile) {
    const Error& error = from.profile->error();
    configured.mistakes.push_back({error.message, error.hint});
  }
  return configured;
}

client::Sources profile_sources(const std::string& name, const World& world)
{
  return {.env = world.env, .profile = name, .read_file = world.find_file, .home = world.home};
}

// Auto-configuration looks for it by itself, and says when it is not to be had.
bool lacks_region(const config::Configured& configured, const Command& command)
{
  return std::ranges::count(command.groups, config::Group::where) > 0
         && configured.settings.region.empty() && configured.mistakes.empty()
         && !configured.settings.auto_configure;
}

// Of the entry of a map that the message begins with: tags "KEY" …
const config::Origin* entry_origin(const config::Configured& configured, std::string_view message)
{
  const config::Origin* found = nullptr;
  std::size_t longest = 0;
  for (const auto& [name, origin] : configured.entries) {
    if (name.size() > longest && message.starts_with(name)) {
      longest = name.size();
      found = &origin;
    }
  }
  return found;
}

// Rules that take several settings name them by key, as the first word: say who set it.
std::string with_origin(const config::Configured& configured, const std::string& message)
{
  if (const config::Origin* entry = entry_origin(configured, message)) {
    return fmt::format("{}: {}", entry->text, message);
  }
  const auto origin =
    configured.origins.find(std::string_view(message).substr(0, message.find(' ')));
  return origin == configured.origins.end() ? message
                                            : fmt::format("{}: {}", origin->second.text, message);
}

// Whether a setting is missing only because its value could not be read, which is said already.
bool is_said(const config::Configured& configured, std::string_view message)
{
  const std::size_t end = message.find(" is not set");
  if (end == std::string_view::npos) {
    return false;
  }
  const std::string read_as = fmt::format(": {} is ", message.substr(0, end));
  return std::ranges::any_of(configured.mistakes, [&](const Mistake& mistake) {
    return mistake.message.find(read_as) != std::string::npos;
  });
}

} // namespace

Result<client::AwsProfile> aws_profile(const std::string& name, const World& world)
{
  return client::selected_profile(profile_sources(name, world));
}

std::vector<std::string> aws_profile_names(const World& world)
{
  const auto files = client::read_profile_files(profile_sources("", world));
  std::vector<std::string> names;
  for (const auto& [name, properties] : files ? files->all.profiles : aws::ProfileFile().profiles) {
    names.push_back(name);
  }
  return names;
}

namespace {

BootSettings read_layers(const Invocation& invocation, World& world, Console& console,
                         Profile profile, const std::optional<std::string>& attached)
{
  const Command& command = *invocation.command;
  ConfigFile file = read_config_file({invocation.value("--config"), invocation.value("--pool")},
                                     world, command.groups);
  say_file(file, world, console);
  config::AttachedLine line =
    attached ? config::attached_line(*attached, command.groups) : config::AttachedLine();
  Layers from{{config::flags_layer(invocation.settings), config::variables_layer(world.env),
               config::surroundings_layer(world.env), std::move(file.layers.file),
               std::move(file.layers.pool), std::move(line.layer)}};
  config::Configured configured = merged(from, command, world);
  if (profile == Profile::read) {
    from.profile = aws_profile(configured.settings.profile, world);
    configured = merged(from, command, world);
  }
  configured.mistakes.insert(configured.mistakes.begin(), file.layers.mistakes.begin(),
                             file.layers.mistakes.end());
  configured.mistakes.insert(configured.mistakes.begin(), line.mistakes.begin(),
                             line.mistakes.end());
  configured.incomplete = file.layers.incomplete || line.incomplete;
  std::optional<boot::Model> here;
  if (profile == Profile::read && configured.settings.auto_configure) {
    here = auto_configure(configured, command.groups, world, console);
  }
  if (profile == Profile::read && lacks_region(configured, command)) {
    const auto region = region_of_this_machine(configured.settings, world);
    if (region) {
      config::add_below(configured, *region);
    } else if (region.error().kind == ErrorKind::interrupted) {
      configured.failure = region.error();
    }
  }
  for (const std::string& warning : config::unknown_variables(world.env)) {
    console.warn(warning);
  }
  for (const std::string& warning : configured.warnings) {
    console.warn(warning);
  }
  if (console.shows_details()) {
    say_origins(configured, command, console);
  }
  return {std::move(configured), std::move(here)};
}

} // namespace

config::Configured read_settings(const Invocation& invocation, World& world, Console& console,
                                 Profile profile)
{
  return read_layers(invocation, world, console, profile, {}).configured;
}

BootSettings read_boot_settings(const Invocation& invocation, World& world, Console& console,
                                const std::optional<std::string>& attached)
{
  return read_layers(invocation, world, console, Profile::read, attached);
}

Result<void> no_mistakes(const config::Configured& configured, const std::optional<Error>& more)
{
  Mistakes all(ErrorKind::config);
  for (const Mistake& mistake : configured.mistakes) {
    all.add(mistake.message, mistake.hint);
  }
  if (configured.failure) {
    if (all.empty() || configured.failure->kind == ErrorKind::interrupted) {
      return tl::unexpected(*configured.failure);
    }
    all.add(*configured.failure);
  }
  if (more && !(configured.incomplete && !all.empty())) {
    std::vector<Mistake> others = more->also;
    others.insert(others.begin(), {more->message, more->hint});
    for (const Mistake& mistake : others) {
      if (!is_said(configured, mistake.message)) {
        all.add(with_origin(configured, mistake.message), mistake.hint);
      }
    }
  }
  return all.empty() ? Result<void>() : tl::unexpected(all.error());
}

} // namespace flame::cli
