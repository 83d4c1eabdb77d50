#pragma once

#include "aws/s3_api.hpp"
#include "boot/bundle.hpp"
#include "boot/user_data.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

// A look at the bundle before anything is launched: that it is there, can be fetched, and which of
// its versions it is. What is launched then gets that one or none.
namespace flame::boot {

struct Reached {
  Fetch fetch = {};                       // a URL that it lacks is signed for the user data
  aws::S3Object object = {};              // pinned by ETag and digest; no bucket: none to sign for
  std::vector<std::string> notices = {};  // sentences worth a line
  std::vector<std::string> warnings = {}; // of what could not be found out
};

// Of kind config when the machine could not get it: missing, archived, another digest. That we may
// not look is a warning: a bucket's policy may judge by the network of the machine.
Result<Reached> reach_object(const Bundle& bundle, const config::Settings& settings, aws::S3Api& s3,
                             aws::CallLimit limit);

// What to know of a bucket that has answered: who pays, and where it is.
std::vector<std::string> bucket_notices(const std::string& bucket, const config::Settings& settings,
                                        const aws::S3Api& s3);

// Whether a disk of that many bytes (0: not known) can hold it. Kind config when the packed bundle
// alone is larger; a warning when it is larger than half of the disk, which holds a system too.
Result<void> check_room(Reached& reached, std::uint64_t disk);

// One of the objects of an S3 folder, and where in the release it goes.
struct FolderEntry {
  std::string path = {};
  aws::S3Entry object = {};
};

// The files of a release in `entries`, by path; "release/" in front of all is taken away, as
// FlameEC2 lays folders out. Kind config: none, archived, or paths that lead elsewhere.
Result<std::vector<FolderEntry>> folder_entries(const aws::S3Object& folder,
                                                std::vector<aws::S3Entry> entries);
std::string listing_digest(const std::vector<FolderEntry>& entries); // hex

// "" for a path that stays below the folder it is unpacked in, else what is wrong with it.
std::string wrong_with_path(std::string_view path);

} // namespace flame::boot
