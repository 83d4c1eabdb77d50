#pragma once

#include "boot/plan.hpp"

#include <cstddef>

// The limit that keeps a mistake from becoming a bill. Pure.
namespace flame::boot {

// Whether the plan's machines may be launched beside `live` others of the app. Kind capacity: it
// may be tried again once some have ended. Two boots at the same time may both pass.
Result<void> check_max_running(const Plan& plan, const config::Settings& settings,
                               std::size_t live);

} // namespace flame::boot
