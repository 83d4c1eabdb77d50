#pragma once

#include "base/error.hpp"
#include "io/file_reader.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

// What commands of `run` have left in $FLAME_EC2_ARTIFACTS, as their machines send it: one .tar.gz
// each.
namespace flame::cli {

// Gathers the bytes on disk, since there may be many.
class Artifacts {
public:
  Result<void> add(std::size_t job, std::string_view bytes);
  // Puts files, folders and links into the folder, which is made when it is not there, replacing
  // what has their names. The archive need not be trusted: nothing is written outside of the
  // folder, nor through a link. Kind output; config for what is no whole archive, or leads out.
  Result<void> unpack(std::size_t job, const std::string& folder) const;

private:
  std::map<std::size_t, io::TempFile> files_ = {};
};

} // namespace flame::cli
