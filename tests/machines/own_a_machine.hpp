#pragma once

#include <string>

namespace flame::tests {

// The life of a process that is killed: boots a machine, prints "on" once its script runs, and
// waits for ever.
int own_a_machine(const std::string& state_folder);

} // namespace flame::tests
