#include "cli/configure_from.hpp"

#include "cli/auto_configure.hpp"
#include "cli/read_settings.hpp"

#include <fmt/format.h>

#include <utility>

namespace flame::cli {
namespace {

constexpr config::Group k_where[] = {config::Group::where};

Result<void> check(const Invocation& invocation)
{
  const bool automatic = invocation.has("--auto");
  const auto like = invocation.value("--like");
  if (automatic && like) {
    return fail(ErrorKind::usage, "--auto and --like are two machines to be like",
                "give one of them");
  }
  if ((automatic || like) && invocation.has("--show")) {
    return fail(
      ErrorKind::usage,
      fmt::format("--show shows what is set, and {} sets more", automatic ? "--auto" : "--like"),
      "to see what would be written: --print");
  }
  if (like && !like->starts_with("i-")) {
    return fail(ErrorKind::usage, fmt::format("--like \"{}\" is no machine", *like),
                "its id begins with i-");
  }
  return {};
}

// Whom to ask. A file that is yet to be written cannot say.
Result<config::Settings> where_to_ask(const Invocation& invocation, const ConfigPlace& place,
                                      World& world)
{
  ConfigFile file;
  const auto there = world.find_file(place.path);
  if (!place.named || (there && *there)) {
    file = read_config_file({.file = invocation.value("--config")}, world, k_where);
  }
  config::Configured configured =
    config::merge({config::flags_layer(invocation.settings), config::variables_layer(world.env),
                   config::surroundings_layer(world.env), std::move(file.layers.file),
                   std::move(file.layers.pool)},
                  k_where, {world.env, world.read_file});
  configured.mistakes.insert(configured.mistakes.begin(), file.layers.mistakes.begin(),
                             file.layers.mistakes.end());
  const auto profile = aws_profile(configured.settings.profile, world);
  if (profile) {
    const auto value = [&](std::string_view key) { return profile->value(key); };
    config::add_profile(configured, value, world.env);
  } else {
    configured.mistakes.push_back({profile.error().message, profile.error().hint});
  }
  return no_mistakes(configured).map([&] { return configured.settings; });
}

void say(const boot::Likeness& likeness, const boot::Model& model, Console& console)
{
  const std::string& address = model.instance.private_ip;
  console.note(
    fmt::format("filled from {}{}{}", model.origin, address.empty() ? "" : ", ", address));
  for (const std::string& notice : likeness.notices) {
    console.warn(notice);
  }
  if (!likeness.left_open.empty()) {
    console.warn(likeness.left_open);
  }
}

} // namespace

Result<std::optional<config::Layer>> looked_up_layer(const Invocation& invocation,
                                                     const ConfigPlace& place, World& world,
                                                     Console& console)
{
  if (const auto valid = check(invocation); !valid) {
    return tl::unexpected(valid.error());
  }
  const auto like = invocation.value("--like");
  if (!like && !invocation.has("--auto")) {
    return std::nullopt;
  }
  const std::span<const config::Group> groups = invocation.command->groups;
  // What is written with it.
  const config::Configured said = config::merge({config::flags_layer(invocation.settings)}, groups,
                                                {world.env, world.read_file, false});
  if (const auto valid = no_mistakes(said); !valid) {
    return tl::unexpected(valid.error());
  }
  const auto settings = where_to_ask(invocation, place, world);
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  const auto model = like ? model_of(*like, *settings, world, console)
                          : this_model(*settings, client::Asked::all, world);
  auto likeness =
    model.and_then([&](const boot::Model& it) { return boot::settings_like(it, said, groups); });
  if (!likeness) {
    return tl::unexpected(likeness.error());
  }
  say(*likeness, *model, console);
  return std::move(likeness->layer);
}

} // namespace flame::cli
