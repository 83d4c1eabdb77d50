#pragma once

#include "base/ports.hpp"

#include <string>
#include <string_view>
#include <vector>

// Words of the machine's script, such that neither sh nor curl nor cloud-init reads more in them.
// Pure.
namespace flame::boot {

// As one word of sh. cloud-init takes user data that says "mime-version:" near its top for an
// e-mail, so an empty pair of quotes parts the colon from it; for sh nothing changes.
std::string quote(std::string_view text);
// For a `url = "…"` line of curl's config file.
std::string quote_for_curl(std::string_view url);
std::string whole_seconds(Millis duration);                        // rounded up, at least 1
std::string assign(std::string_view name, std::string_view value); // a line
// base64 has no blank, so a list of texts is one text of several words.
std::string base64_words(const std::vector<std::string>& texts);

} // namespace flame::boot
