#pragma once

#include "client/credentials/provider.hpp"

#include <string>
#include <vector>

// Programs that print keys.
//
// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
namespace flame::client {

// Runs it, without a shell, for a minute at most. Kind credentials when it fails, with the end of
// what it wrote to stderr, less all that looks like a key; its output is never shown.
Result<aws::Credentials> keys_of_program(const Sources& sources,
                                         const std::vector<std::string>& arguments,
                                         const std::string& whom);

// Words in which digits and capitals stand together and that are as long as a key, as "***". Cut
// to the last line that is not blank. Pure.
std::string without_keys(std::string_view text);

} // namespace flame::client
