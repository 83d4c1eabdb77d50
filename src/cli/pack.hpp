#pragma once

#include "aws/s3_api.hpp"
#include "boot/progress.hpp"
#include "boot/reach.hpp"
#include "io/archive.hpp"
#include "io/file_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Folders as one .tar.gz. The same folder gives the same bytes.
namespace flame::cli {

// Whether the file is a program, by its first bytes: a script ("#!…"), or one that Linux loads.
bool is_program_file(const std::string& path);

// What pack_folder() packs, as a reader of the archive would be told of it. Kind config.
Result<void> visit_folder(const std::string& folder, const io::ArchiveReader::Visit& visit);

// A folder of this computer, or one program alone. Links must stay in it; what is no file, folder
// or link is an error. Kind config, all mistakes at once.
Result<io::TempFile> pack_folder(const std::string& folder, boot::Progress& progress);

// The same as the bytes of a tar that is not packed. Of more than `most` bytes: nullopt.
Result<std::optional<std::string>> tar_of_folder(const std::string& folder, std::uint64_t most,
                                                 boot::Progress& progress);

// The objects of an S3 folder, fetched one by one. S3 keeps no modes: programs and scripts get
// theirs back.
Result<io::TempFile> pack_objects(const aws::S3Object& folder,
                                  const std::vector<boot::FolderEntry>& entries, aws::S3Api& s3,
                                  const std::function<aws::CallLimit()>& limit,
                                  boot::Progress& progress);

} // namespace flame::cli
