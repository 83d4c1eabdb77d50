#pragma once

#include "base/time.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Tables and times for people. Pure.
namespace flame::cli {

struct Column {
  std::string_view title;
  int worth;         // where there is no room, the one with the least goes first
  std::size_t least; // may be cut to so many characters; 0: not at all
};

// Aligned, with a line of titles; "" for no rows. Columns that are empty throughout are left out.
// Where `width` (nullopt: no limit) is too narrow, long values are cut, with an ellipsis, and where
// that is not enough columns are left out.
std::string table(std::span<const Column> columns, std::vector<std::vector<std::string>> rows,
                  std::optional<int> width);

std::string relative(Seconds time, Seconds now); // "3m ago", "in 1h5m", "now"

// "08:15" of today, else "01-14 08:15". Both as "2026-01-15 08:15", local.
std::string short_time(std::string_view time, std::string_view now);

} // namespace flame::cli
