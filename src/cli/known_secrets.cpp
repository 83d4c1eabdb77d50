#include "cli/known_secrets.hpp"

#include "cli/config_file.hpp"
#include "config/layers.hpp"

namespace flame::cli {

std::vector<std::string> known_secrets(const Invocation& invocation, const World& world)
{
  constexpr config::Group groups[] = {config::Group::release};
  ConfigFile file =
    read_config_file({invocation.value("--config"), invocation.value("--pool")}, world, groups);
  // Mistakes in settings of boot are boot's to report.
  const config::Settings settings =
    config::merge({config::variables_layer(world.env), config::surroundings_layer(world.env),
                   std::move(file.layers.file), std::move(file.layers.pool)},
                  groups, {world.env, world.read_file})
      .settings;
  std::vector<std::string> secrets = {settings.release_cookie, settings.flame_parent};
  for (const auto& [name, value] : settings.env) {
    secrets.push_back(value);
  }
  for (const char* name : {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) {
    const auto found = world.env.find(name);
    secrets.push_back(found == world.env.end() ? std::string() : found->second);
  }
  return secrets;
}

} // namespace flame::cli
