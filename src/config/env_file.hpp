#pragma once

#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flame::config {

struct EnvLine {
  std::string name = {};
  std::optional<std::string> value = {}; // nullopt: to be copied from the caller
  std::size_t line = 0;                  // counted from 1
};

// Docker's format: KEY=VALUE a line, the value as it stands, without quotes or escapes; KEY alone
// copies the caller's; '#' begins a line of comment; blank lines, blanks before a name, a BOM and
// the CR of CRLF are skipped. Kind config; messages name lines, never their text.
Result<std::vector<EnvLine>> parse_env_file(std::string_view text);

} // namespace flame::config
