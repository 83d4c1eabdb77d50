#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flame::config {

// {"KEY": "value", …} in the order written. Values are strings; `scalars`: also numbers, true and
// false, as they are written. A key stands there once. Kind config, all mistakes at once; messages
// name keys and places, never a value.
Result<std::vector<std::pair<std::string, std::string>>> parse_json_object(std::string_view text,
                                                                           bool scalars = false);

} // namespace flame::config
