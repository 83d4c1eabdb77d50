#include "cli/read_settings.hpp"

#include "cli/aws_profile.hpp"

#include <fmt/format.h>
namespace flame::cli {
namespace {

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

// Rules that take several settings name them by key, as the first word: say who set it.
std::string with_origin(const config::Configured& configured, const std::string& message)
{
  const auto origin =
    configured.origins.find(std::string_view(message).substr(0, message.find(' ')));
  return origin == configured.origins.end() ? message
                                            : fmt::format("{}: {}", origin->second.text, message);
}

} // namespace

config::Configured read_settings(const Invocation& invocation, World& world, Console& console,
                                 Profile profile)
{
  const Command& command = *invocation.command;
  config::Configured configured =
    config::merge({config::flags_layer(invocation.settings), config::variables_layer(world.env),
                   config::surroundings_layer(world.env)},
                  command.groups, {world.env, world.read_file});
  if (profile == Profile::read) {
    const Result<AwsProfile> found = read_aws_profile(configured.settings.profile, world);
    if (found) {
      config::add_profile(configured, found->lookup(), world.env);
    } else {
      configured.mistakes.push_back({found.error().message, found.error().hint});
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
  return configured;
}

Result<void> no_mistakes(const config::Configured& configured, const std::optional<Error>& more)
{
  Mistakes all(ErrorKind::config);
  for (const Mistake& mistake : configured.mistakes) {
    all.add(mistake.message, mistake.hint);
  }
  if (more) {
    all.add(with_origin(configured, more->message), more->hint);
    for (const Mistake& mistake : more->also) {
      all.add(with_origin(configured, mistake.message), mistake.hint);
    }
  }
  return all.empty() ? Result<void>() : tl::unexpected(all.error());
}

} // namespace flame::cli
