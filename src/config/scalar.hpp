#pragma once

#include "config/options.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>

// One value: from text to what is kept, by the rules of its option. Pure. Kind config; messages do
// not name the option, and never hold the value of a secret.
namespace flame::config {

// Texts, elements of lists and entries of maps. `name` is the entry of a map, else "".
Result<std::string> cleaned(const Option& option, std::string_view name, std::string_view value);

// Sets the field of an option that is no list, map or file; those stay. A bad value leaves
// something behind, so that it does not count as missing as well.
Result<void> set_scalar(Settings& settings, const Option& option, std::string_view text);

// A whole number, "3" or "-3"; the limits are included.
Result<int> parse_number(std::string_view text, int least, int most);

} // namespace flame::config
