#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// TOML 1.0 as a plain tree: what files of settings need of it, and the only way to toml++.
// Pure.
namespace flame {

enum class TomlKind { text, boolean, number, time, list, table };

std::string_view name(TomlKind kind); // "a number", for messages

struct TomlValue {
  TomlKind kind = TomlKind::text;
  std::string key = {};  // of an entry of a table; else ""
  std::string text = {}; // the text, "true" or "false", the digits of a whole number; else ""
  std::vector<TomlValue> items = {}; // of a list; the entries of a table, by line
  std::size_t line = 0;              // counted from 1; of an entry, that of its key
};

// What is wrong with the text, and where. Never holds a value, since that may be a secret.
struct TomlError {
  std::string message = {};
  std::size_t line = 0;
  std::size_t column = 0;
};

// The table at the top. A byte order mark in front is taken; a text is refused whose keys or lists
// are nested so deeply that nobody has written them.
tl::expected<TomlValue, TomlError> parse_toml(std::string_view text);

// A value as TOML has it between quotes, and a key, bare where it can be.
std::string toml_text(std::string_view value);
std::string toml_key(std::string_view key);

} // namespace flame
