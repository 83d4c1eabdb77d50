#pragma once

#include "config/layers.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// The file of settings: TOML, its keys those of the option table, [pool.NAME] for settings of one
// pool. Pure.
namespace flame::config {

struct FileSource {
  std::string name = {}; // as in messages and origins: "flame-ec2.toml"
  bool named = true;     // false: it was only found; what Rules::guarded marks is refused
  std::string pool = {}; // whose settings are wanted; "" for none
};

struct FileLayers {
  Layer file = {.rank = Rank::file};
  Layer pool = {.rank = Rank::pool};
  std::vector<std::string> pools = {};   // all that it has, by name
  std::vector<std::string> secrets = {}; // keys of secrets that it sets, in any pool
  // Each with file and line, or without a line when a pool is not there. Of options of other groups
  // none.
  std::vector<Mistake> mistakes = {};
  bool incomplete = false; // it could not be read, or lacks the pool: what is missing may be there
};

FileLayers file_layers(std::string_view text, const FileSource& source,
                       std::span<const Group> groups);

} // namespace flame::config
