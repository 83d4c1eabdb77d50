#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The command line of `credential_process`: words as a POSIX shell would see them, and nothing
// more. No variable, pattern or `~` is expanded. Pure.
//
// Source: Python's shlex.split(), which AWS's command line uses.
namespace flame::client {

// nullopt when a quote is not closed, or a backslash stands at the end.
std::optional<std::vector<std::string>> split_command(std::string_view line);

} // namespace flame::client
