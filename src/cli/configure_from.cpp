#include "cli/configure_from.hpp"

#include "boot/look_up.hpp"
#include "cli/auto_configure.hpp"
#include "cli/cloud.hpp"
#include "cli/read_settings.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace flame::cli {
namespace {

constexpr config::Group k_where[] = {config::Group::where};
constexpr Millis k_patience = std::chrono::seconds(30);

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

// What the launch template that is written says. Without the right to look, or without credentials,
// that is not known, and said.
Result<boot::Seen> seen_template(const config::Configured& said, config::Settings where,
                                 const boot::Model& model, World& world, Console& console)
{
  where.launch_template_id = said.settings.launch_template_id;
  where.launch_template_version = said.settings.launch_template_version;
  if (where.region.empty()) {
    where.region = model.region;
  }
  const auto cloud = connect(where, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto found = boot::look_into_template({}, where, (*cloud)->ec2(),
                                              {.deadline = world.clock->now() + k_patience});
  if (!found && found.error().kind != ErrorKind::credentials) {
    return tl::unexpected(found.error());
  }
  for (const std::string& warning :
       found ? found->warnings : std::vector<std::string>{found.error().message}) {
    console.warn(warning);
  }
  return found ? found->facts.launch_template : boot::Seen();
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
  auto likeness = model.and_then([&](const boot::Model& it) {
    const auto seen = boot::depends_on_template(said, groups)
                        ? seen_template(said, *settings, it, world, console)
                        : Result<boot::Seen>();
    return seen.and_then(
      [&](const boot::Seen& found) { return boot::settings_like(it, said, groups, found); });
  });
  if (!likeness) {
    return tl::unexpected(likeness.error());
  }
  say(*likeness, *model, console);
  return std::move(likeness->layer);
}

} // namespace flame::cli
