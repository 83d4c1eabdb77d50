#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

// How many machines there is room for, by type, zone and market.
namespace flame::sandbox {

struct Pool {
  std::string type = "*"; // "*": each of them, and all together
  std::string zone = "*";
  std::string market = "*"; // "on-demand", "spot"
  int room = 0;             // machines at a time

  bool holds(std::string_view type, std::string_view zone, std::string_view market) const;
};

Result<Pool> parse_pool(const std::string& text); // "t3.nano/us-east-1a/spot=0"; kind config

} // namespace flame::sandbox
