#pragma once

#include "cli/world.hpp"

#include <memory>

namespace flame::cli {

// AWS itself, by the settings. Nothing is asked before it is needed. `world` must outlive it. Kind
// config when the region or an endpoint is none.
Result<std::unique_ptr<Cloud>> connect_to_aws(const config::Settings& settings, const World& world,
                                              Talk talk);

// What the settings say of instance metadata.
client::ImdsPlace imds_place(const config::Settings& settings);

} // namespace flame::cli
