#pragma once

#include <string>

namespace flame {

// "SIGTERM": of the signals that end a program often, by Linux's numbers; "signal 64" of another.
// Pure.
std::string signal_name(int number);

} // namespace flame
