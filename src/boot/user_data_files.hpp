#pragma once

#include "boot/user_data.hpp"

#include <string>
#include <vector>

// The files of a folder on S3 as the machine's script has them. Pure.
namespace flame::boot {

struct FileList {
  std::string base = {};  // the beginning of all URLs, to a '/'; secret when there is one file
  std::string query = {}; // the beginning of all queries
  std::string lines = {}; // one a file, for templates/files.sh; secret
};

// What the URLs have in common is said once.
FileList file_list(const std::vector<FetchFile>& files);

} // namespace flame::boot
