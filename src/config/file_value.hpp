#pragma once

#include "base/toml.hpp"
#include "config/layers.hpp"

#include <string>
#include <vector>

namespace flame::config {

// What an entry of the file says: rows that still lack their origin, and what is wrong with it.
struct FileValue {
  struct Line {
    std::size_t line = 0;
    Row row = {};
  };
  struct Wrong {
    std::size_t line = 0;
    Mistake mistake = {};
  };
  std::vector<Line> rows = {};
  std::vector<Wrong> wrong = {};
};

// The value of `option` by its type. A bad text is not noticed here, but when layers are merged.
// Messages begin with the key as it was written. Pure.
FileValue file_value(const Option& option, const TomlValue& entry);

} // namespace flame::config
