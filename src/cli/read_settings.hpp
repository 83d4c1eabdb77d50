#pragma once

#include "boot/like.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"
#include "client/credentials/profile.hpp"
#include "config/layers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flame::cli {

// All layers for the groups of the command, with the warnings and, for -v, the origins said. The
// mistakes are still in it: the caller adds its own before it fails. The profile of AWS's files
// gives region and endpoints; a command that needs none of them does not read it.
enum class Profile { read, ignored };
config::Configured read_settings(const Invocation& invocation, World& world, Console& console,
                                 Profile profile = Profile::read);

// The same for a boot. `attached` is the line of settings of `boot --attached`.
struct BootSettings {
  config::Configured configured = {};
  std::optional<boot::Model> here = {}; // as auto_configure() returns it
};
BootSettings read_boot_settings(const Invocation& invocation, World& world, Console& console,
                                const std::optional<std::string>& attached);

// All mistakes as one error, kind config; `more` is what else was found, with the origins added.
Result<void> no_mistakes(const config::Configured& configured,
                         const std::optional<Error>& more = {});

// The profile of the AWS configuration files that `name` or the environment chooses; errors as
// those of client::selected_profile().
Result<client::AwsProfile> aws_profile(const std::string& name, const World& world);

// Names of all profiles in these files; none when they cannot be read.
std::vector<std::string> aws_profile_names(const World& world);

} // namespace flame::cli
