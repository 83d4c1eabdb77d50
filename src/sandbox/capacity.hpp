#pragma once

#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

// How many machines there is room for, by type, zone and market.
namespace flame::sandbox {

struct Pool {
  std::string type = "*"; // with * for any text: all that fit share the room
  std::string zone = "*";
  std::string market = "*"; // "on-demand", "spot"
  int room = 0;             // machines at a time

  bool holds(std::string_view type, std::string_view zone, std::string_view market) const;
};

std::string name(const Pool& pool);                      // "t3.nano/us-east-1a/spot"
std::optional<Pool> pool_named(const std::string& name); // nullopt when it is none
Result<Pool> parse_pool(const std::string& text);        // "t3.nano/us-east-1a/spot=0"; kind config

} // namespace flame::sandbox
