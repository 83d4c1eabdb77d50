#pragma once

#include "base/version.hpp"

#include <vector>

namespace flame::io {

// libcurl and, when it is on this computer, libarchive. Initialises neither.
std::vector<Library> libraries_of_io();

} // namespace flame::io
