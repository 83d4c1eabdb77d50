#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flame {

std::string_view version(); // "0.1.0", from the build

// The commit that the program was built from, "" when there was no git; with "-dirty" behind it
// when files of it were changed. In the programs alone (cmake/Commit.cmake), so that a commit links
// nothing else again.
std::string_view commit();

// A library that we use, as it is now: shared ones may be newer than at the build.
struct Library {
  std::string name = {};
  std::string version = {};
};

std::vector<Library> libraries_of_base();

} // namespace flame
