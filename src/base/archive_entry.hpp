#pragma once

#include <cstdint>
#include <string>

// What an archive says of one of its entries.
namespace flame {

enum class EntryKind { file, folder, link, hard_link, device, other };

struct ArchiveEntry {
  std::string path = {}; // as it is written there
  EntryKind kind = EntryKind::file;
  std::uint64_t size = 0; // bytes
  bool executable = false;
  std::string target = {}; // of links
};

} // namespace flame
