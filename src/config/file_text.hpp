#pragma once

#include "config/layers.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// The other way round: settings as the text of a file. Pure.
namespace flame::config {

// What was said, as it is to be written: `--env KEY` becomes env_from, since the caller's value
// belongs to the caller; files that hold settings are named, not copied.
struct ToWrite {
  Configured configured = {};  // of all rows but those that name files; its mistakes of all rows
  std::vector<Row> files = {}; // rows of options that name files
};
ToWrite prepare_to_write(std::vector<Layer> layers, std::span<const Group> groups, Caller caller);

// Every setting that has an origin, with its help above it, in the order of the table; below
// [pool.NAME] when `pool` is not "". Kind config: a value that is no UTF-8 cannot be in TOML.
Result<std::string> file_text(const ToWrite& settings, std::string_view pool);

// How it is written in a file: `subnet_id = ["IDS"]`.
std::string file_example(const Option& option);

// A file in which every setting is a comment, to begin with.
std::string file_template();

// Keys that file_text() writes.
std::vector<std::string> keys_of(const ToWrite& settings);

} // namespace flame::config
