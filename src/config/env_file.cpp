#include "config/env_file.hpp"

#include "base/text.hpp"
#include "config/clean.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::config {

Result<std::vector<EnvLine>> parse_env_file(std::string_view text)
{
  constexpr std::string_view k_bom = "\xEF\xBB\xBF";
  if (text.starts_with(k_bom)) {
    text.remove_prefix(k_bom.size());
  }
  std::vector<EnvLine> found;
  Mistakes mistakes(ErrorKind::config);
  std::size_t number = 0;
  for (const std::string& whole : split(text, '\n')) {
    ++number;
    std::string_view line = whole;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    const std::size_t equals = line.find('=');
    const std::string_view name = line.substr(0, equals);
    if (!is_variable_name(name)) {
      mistakes.add(fmt::format("line {} does not begin with the name of a variable", number),
                   "write KEY=VALUE, or KEY alone to copy the caller's");
      continue;
    }
    EnvLine entry{.name = std::string(name), .line = number};
    if (equals != std::string_view::npos) {
      entry.value = std::string(line.substr(equals + 1));
    }
    found.push_back(std::move(entry));
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  return found;
}

} // namespace flame::config
