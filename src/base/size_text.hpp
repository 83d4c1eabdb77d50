#pragma once

#include <cstdint>
#include <string>

namespace flame {

// For people: "168 bytes", "24.1 KiB", and from a MiB on "24.1 MiB".
std::string size_text(std::uint64_t bytes);

} // namespace flame
