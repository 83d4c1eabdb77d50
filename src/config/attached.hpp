#pragma once

#include "config/layers.hpp"

#include <span>
#include <string_view>
#include <vector>

// The line of settings of `boot --attached`: a JSON object whose keys are those of the option
// table.
// {"app": "demo", "env": {"A": "b"}, "subnet_id": ["subnet-1"], "max_lifetime": "1h"}. Pure.
namespace flame::config {

struct AttachedLine {
  Layer layer = {.rank = Rank::attached};
  std::vector<Mistake> mistakes = {}; // they name keys, and never a value
  bool incomplete = false;            // it is no object: what is missing may stand in it
};

AttachedLine attached_line(std::string_view line, std::span<const Group> groups);

} // namespace flame::config
