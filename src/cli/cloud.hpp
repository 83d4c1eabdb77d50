#pragma once

#include "cli/console.hpp"
#include "cli/world.hpp"

#include <functional>
#include <memory>

namespace flame::cli {

// World::connect, with every call of EC2 said when the user wants details: its name, outcome and
// time for -v, what was sent for -vv. User data and credentials are never said.
Result<std::unique_ptr<Cloud>>
connect(const config::Settings& settings, World& world, Console& console,
        std::function<void(const client::ProviderAnswer&)> asked = {});

} // namespace flame::cli
