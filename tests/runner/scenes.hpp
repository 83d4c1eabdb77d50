#pragma once

#include "runner_machine.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>

namespace flame::tests {

using Names = std::vector<std::string>;

inline const Names k_whole_life = {"boot", "fetch", "unpack", "start", "stopped"};

// `commands` are bin/hello's.
inline Scene scene(const boot::Runner& runner, const std::string& commands)
{
  return {.script = boot::render_user_data(runner),
          .bundle = tarball({{"bin/hello", "#!/bin/sh\n" + commands + "\n"}})};
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to)
{
  REQUIRE(text.find(from) != std::string::npos);
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

} // namespace flame::tests
