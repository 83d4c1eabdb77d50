#pragma once

#include <string_view>

namespace flame {

std::string_view version(); // "0.1.0", from the build

} // namespace flame
