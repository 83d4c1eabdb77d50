#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace flame::cli {

// The output of several commands at once: each whole line says which one's it is, as in "0: text".
class MarkedLines {
public:
  std::string add(std::size_t job, std::string_view bytes); // what can be shown by now
  std::string end();                                        // the rest, as lines

private:
  std::map<std::size_t, std::string> rests_ = {};
};

} // namespace flame::cli
