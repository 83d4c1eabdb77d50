#pragma once

#include "base/version.hpp"
#include "cli/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flame::cli {

struct Build {
  std::string_view version = {};
  std::string_view commit = {}; // "" when it is not known
  std::vector<Library> libraries = {};
};

// What --version prints: "flame-ec2 0.1.0", the commit, the libraries. Pure.
std::string version_output(const Build& build, Output output);

} // namespace flame::cli
