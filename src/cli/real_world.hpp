#pragma once

#include "cli/world.hpp"

namespace flame::cli {

// The world of this process. What it refers to must outlive it; nothing is opened before it is
// used.
World real_world(Clock& clock, const Cancel& cancel, Random& random);

} // namespace flame::cli
