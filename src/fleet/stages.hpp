#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The lines by which a machine says how far it is. The runner's script writes them, console and
// log carry them, this reads them. Pure.
namespace flame::fleet {

struct StageLine {
  std::string stage = {};              // boot, setup, fetch, unpack, start, stopped, failed
  std::optional<int> exit_status = {}; // "rc=N"
  std::string detail = {};             // for people: what failed
  std::optional<double> seconds = {};  // since the script's first line
};

// The lines of `console` that carry `nonce`, in order; forged and cut lines are left out.
std::vector<StageLine> parse_stages(std::string_view console, std::string_view nonce);

} // namespace flame::fleet
