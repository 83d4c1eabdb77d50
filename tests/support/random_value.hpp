#pragma once

#include <random>
#include <string>
#include <string_view>

namespace flame::tests {

// A value of up to 40 characters, of those that shells and systemd's parsers treat in special ways
// more than of others; check_variables takes it.
inline std::string random_value(std::mt19937_64& random)
{
  constexpr std::string_view special = "\"'`$\\ \t\n#;%=!&|<>(){}[]*?~-_,:@/\r\x01\x1B\x7F";
  const auto pick = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  std::string value;
  for (std::size_t left = pick(41); left > 0; --left) {
    const std::size_t kind = pick(10);
    if (kind < 6) {
      value += special[pick(special.size())];
    } else if (kind < 9) {
      value += static_cast<char>(1 + pick(0x7F));
    } else {
      value += "\xC3\xA9"; // e with an acute accent
    }
  }
  return value;
}

} // namespace flame::tests
