#pragma once

#include "boot/like.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"
#include "config/layers.hpp"

#include <optional>
#include <span>
#include <string>

// Settings taken from machines that run.
namespace flame::cli {

// The machine that we run on, by its metadata service, which `settings` may name. Errors as those
// of client::this_machine().
Result<boot::Model> this_model(const config::Settings& settings, client::Asked asked, World& world);

// Another, by DescribeInstances. Kind config: no such machine in region and account, or one that
// has ended; else EC2's.
Result<boot::Model> model_of(const std::string& id, const config::Settings& settings, World& world,
                             Console& console);

// What the setting auto_configure does, when anything is open that it could fill: `configured` gets
// the lowest layer, or holds why not. With mistakes in it nothing is asked, and it is incomplete.
// Beside a launch template that is the region alone, and the machine is returned when it may have
// more to give: to fill_beside_template().
std::optional<boot::Model> auto_configure(config::Configured& configured,
                                          std::span<const config::Group> groups, World& world,
                                          Console& console);

// The rest, once somebody has looked into the template, or may not. Errors as settings_like().
Result<void> fill_beside_template(config::Configured& configured,
                                  std::span<const config::Group> groups, const boot::Model& model,
                                  const boot::Seen& seen, Console& console);

// AWS's last resort for the region: that of the machine that we run on. Errors as those of
// client::this_machine(): mostly that there is no such machine.
Result<config::Layer> region_of_this_machine(const config::Settings& settings, World& world);

} // namespace flame::cli
