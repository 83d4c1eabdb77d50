#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace flame::client {

using JsonFields = std::map<std::string, std::string>;

// The members of a JSON object: strings as they are, numbers as they are written, those of objects
// within it as "outer.inner". What is null, true, false or a list is left out, as if it were not
// there. nullopt when the text is no JSON object, or one with too many levels.
std::optional<JsonFields> json_fields(std::string_view text);

// An object of strings.
std::string json_object(const JsonFields& members);

} // namespace flame::client
