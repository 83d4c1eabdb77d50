#pragma once

#include "boot/bundle.hpp"
#include "boot/inspect.hpp"
#include "boot/reach.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

// Looks at bundles, and into them with libarchive. Errors and warnings are those of boot/inspect;
// kind config also for what is no archive.
namespace flame::cli {

// That a bundle of this computer is there, and of which kind it is. Kind config.
Result<void> check_local_bundle(const boot::Bundle& bundle);

// The machine that it is for, as far as that is known.
struct MachineFacts {
  std::string architecture = {}; // "x86_64", "arm64"; "": not known
  int root_volume_size = 0;      // GiB; 0: not known
};

boot::InspectFor inspect_for(const std::string& app, const config::Settings& settings,
                             const MachineFacts& machine);

Result<std::vector<std::string>> inspect_file(const std::string& path, boot::InspectFor what);
// `name` is for messages.
Result<std::vector<std::string>> inspect_bytes(std::string_view bytes, const std::string& name,
                                               boot::InspectFor what);
// Of this computer, as it is there: a folder is not packed for it.
Result<std::vector<std::string>> inspect_local(const boot::Bundle& bundle, boot::InspectFor what);
// Names alone tell whether the program is there.
Result<std::vector<std::string>> inspect_names(const std::vector<boot::FolderEntry>& files,
                                               boot::InspectFor what);

} // namespace flame::cli
