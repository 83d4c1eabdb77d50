#pragma once

#include "config/settings.hpp"

#include <string>

namespace flame::cli {

// What `run` takes where the user says nothing: the name "run", a lifetime of one hour; and the
// command, for sh, which stands in place of a release. Also for who only looks at such a run.
void fill_run_settings(config::Settings& settings, const std::string& command);

} // namespace flame::cli
