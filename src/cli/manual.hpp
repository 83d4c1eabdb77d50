#pragma once

#include <string>

namespace flame::cli {

// The manual page in roff (man macros), from the tables of commands, options and exit statuses.
// Pure.
std::string manual();

} // namespace flame::cli
