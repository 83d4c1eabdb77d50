#pragma once

#include <string>
#include <string_view>

// Consoles of machines as text for people. Pure.
namespace flame::fleet {

// EC2 keeps so much of a console; a longer one has lost its beginning.
inline constexpr std::size_t k_console_kept = 64UL * 1024;

// What a terminal can show without harm: colors and cursor movements are left out, line ends are
// LF, other control characters are written ^X (C1 ones "?"), bytes that are no UTF-8 "?".
std::string harmless(std::string_view console);

struct Fresh {
  std::string_view text = {}; // of `now`
  bool gap = false;           // something between the two was never seen
};

// What `now` has more than `before` had, both the end of the same growing text.
Fresh fresh_part(std::string_view before, std::string_view now);

} // namespace flame::fleet
