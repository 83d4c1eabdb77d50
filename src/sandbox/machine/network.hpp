#pragma once

#include "base/error.hpp"

#include <string>

namespace flame::sandbox::machine {

// Where the metadata service of every machine answers.
inline constexpr const char* k_metadata_address = "169.254.169.254";

// Moves the calling thread into a network namespace of its own, which holds nothing but `lo` with
// 127.0.0.1, the address of the metadata service and `private_ip`. What the thread starts and
// binds from now on is in there; the namespace ends with the last of it. Needs root.
Result<void> enter_own_network(const std::string& private_ip);

} // namespace flame::sandbox::machine
