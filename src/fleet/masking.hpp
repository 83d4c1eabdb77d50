#pragma once

#include <string>
#include <string_view>
#include <vector>

// Takes secrets out of text that is shown or saved. Pure.
namespace flame::fleet {

// `text` with *** for each secret, plain or within base64 of it, wherever in the encoded text it
// stands; and for what gives access in any presigned URL. Secrets of fewer than four bytes are
// left: they would take half the text away.
std::string masked(std::string_view text, const std::vector<std::string>& secrets);

} // namespace flame::fleet
