#pragma once

#include "base/archive_entry.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// A look into a bundle: what no machine could unpack or run is an error, what it would run to no
// good a warning. Pure: the entries come from who reads the archive.
namespace flame::boot {

inline constexpr std::size_t k_most_entries = 500'000; // of a bundle, here and on the machine

struct InspectFor {
  std::string app = {};
  std::string start_command = {}; // "" is bin/<app> start
  std::string backend = {};       // of the FLAME parent: "Elixir.FlameEC2"; "" without a parent
  std::string architecture = {};  // of the image: "x86_64", "arm64"; "" when it is not known
  std::optional<std::string> unpacker = {}; // by which the machine unpacks it; "" for a plain tar
  std::uint64_t packed_size = 0; // of the archive, bytes; 0: nothing is packed, nor a bomb
  std::uint64_t disk = 0;        // of the machine, bytes; 0 when it is not known
};

class Inspection {
public:
  explicit Inspection(InspectFor what) : what_(std::move(what)) {}

  // The next entry; `read` gives the first bytes of its content, at most so many. False: there is
  // no need for more.
  bool add(const ArchiveEntry& entry, const std::function<std::string(std::size_t)>& read);

  // Warnings, or all that is wrong, kind config.
  Result<std::vector<std::string>> result() const;

private:
  void bad(std::string_view path, std::string_view what);
  void check_place(const std::string& path, const ArchiveEntry& entry);
  void look_into(const std::string& path, const ArchiveEntry& entry,
                 const std::function<std::string(std::size_t)>& read);
  std::string folder_alone() const;        // that holds all the rest, with its '/'; or ""
  std::optional<std::string> root() const; // of the release, with its '/'; "" is the top
  void check_start(Mistakes& mistakes) const;

  InspectFor what_;
  std::size_t entries_ = 0;
  std::uint64_t unpacked_ = 0;
  bool over_ = false;                   // more entries or bytes than a bundle has
  std::vector<std::string> wrong_ = {}; // sentences
  std::size_t more_wrong_ = 0;          // that are not in `wrong_`
  std::set<std::string> tops_ = {};     // first parts of all paths
  std::set<std::string> programs_ = {}; // …bin/NAME, and what start_command names
  bool backend_is_there_ = false;
  std::string machine_ = {};                  // architecture of the ERTS, "" when there is none
  std::vector<std::string> env_scripts_ = {}; // that set RELEASE_NODE whatever it was
};

// "x86_64", "arm64" of an ELF program by its first bytes; "" of any other and of no such.
std::string_view architecture_of_elf(std::string_view bytes);

} // namespace flame::boot
