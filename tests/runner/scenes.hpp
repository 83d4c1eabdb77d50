#pragma once

#include "runner_machine.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>

namespace flame::tests {

using Names = std::vector<std::string>;

inline const Names k_whole_life = {"boot", "fetch", "unpack", "start", "stopped"};
inline const Names k_ready_life = {"boot", "fetch", "unpack", "start", "ready", "stopped"};

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

// The scene thrice, with the shells that an image may have.
inline std::vector<Scene> in_every_shell(const Scene& scene)
{
  std::vector<Scene> scenes;
  for (const std::string_view shell :
       {"/usr/bin/dash", "/usr/bin/bash --posix", "/usr/bin/busybox sh"}) {
    scenes.push_back(scene);
    scenes.back().script = replaced(scene.script, "/bin/sh", shell);
  }
  return scenes;
}

// `scene` on a machine on which `commands` were run before the script.
inline Scene after(const std::string& commands, Scene scene)
{
  constexpr std::string_view first_line = "#!/bin/sh\n";
  REQUIRE(scene.script.starts_with(first_line));
  scene.script.insert(first_line.size(), commands + "\n");
  return scene;
}

} // namespace flame::tests
