#pragma once

#include "base/error.hpp"

#include <string_view>

// Names that the user chooses and that other systems carry. Pure; errors are of kind config.
namespace flame::boot {

// [A-Za-z0-9._-]{1,64}: what tags, filters and shells all carry as it is.
Result<void> check_run_id(std::string_view run_id);

// [A-Za-z0-9][A-Za-z0-9._-]{0,63}: part of a unit's name, a folder's and a tag's.
Result<void> check_app_name(std::string_view app);

// "", or [a-z_][a-z0-9_-]{0,31}: what `useradd` takes everywhere.
Result<void> check_run_as(std::string_view user);

} // namespace flame::boot
