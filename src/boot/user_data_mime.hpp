#pragma once

#include <string>
#include <string_view>

namespace flame::boot {

// One message of several parts, of which cloud-init runs each as what it is: our `script`, as the
// first of all scripts, and what a launch template gives, of any kind that cloud-init knows.
// The same bytes for the same texts. Source: cloud-init's user_data.py and handlers.
std::string merge_user_data(std::string_view script, std::string_view other);

// False: a message that is no UTF-8, of which cloud-init reads no part, and so not ours either.
bool can_be_merged(std::string_view other);

} // namespace flame::boot
