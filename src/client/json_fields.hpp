#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace flame::client {

// The members of a JSON object whose values are strings. nullopt when the text is no JSON object.
std::optional<std::map<std::string, std::string>> json_fields(std::string_view text);

} // namespace flame::client
