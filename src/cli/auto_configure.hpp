#pragma once

#include "boot/like.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"
#include "config/layers.hpp"

#include <functional>
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

// What the setting auto_configure does, when anything is open that it could fill: `configured` is
// replaced by what `with` makes of one layer more, or holds why not. With mistakes in it nothing is
// asked, and it is incomplete.
void auto_configure(config::Configured& configured, std::span<const config::Group> groups,
                    World& world, Console& console,
                    const std::function<config::Configured(config::Layer)>& with);

// AWS's last resort for the region: that of the machine that we run on. Errors as those of
// client::this_machine(): mostly that there is no such machine.
Result<config::Layer> region_of_this_machine(const config::Settings& settings, World& world);

} // namespace flame::cli
