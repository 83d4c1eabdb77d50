#pragma once

#include <string_view>

namespace flame::tests {

// Values on which other ways to carry an environment have been seen to break: half of them came
// out changed, ran as root, or took their neighbours with them when a shell's here-document and a
// bare EnvironmentFile carried them. A value with NUL bytes has no place here.
inline constexpr std::string_view k_values[] = {
  "a b  c",
  "say \"hi\"",
  "it's",
  "a #b",
  "#b",
  "a;b",
  "50%h",
  "k=v=w",
  R"({"a": "b c", "d": [1]})",
  "https://user:pw@example.com/p?q=1&r=%20#f",
  "a\tb\t\tc",
  "\xC3\xA9\xE2\x9C\x93",
  "*",
  "~/x",
  "a!b",
  "",
  "  lead",
  "trail  ",
  "\"quoted\"",
  "'quoted'",
  "$HOME/x",
  "${HOME}",
  "pa$$word $1 5$",
  "$(id -un)",
  "`hostname`",
  R"(C:\new\table)",
  R"(a\\b)",
  R"(end\)",
  "line1\nline2",
  "one\nT_INJECTED=yes",
  "a\rb",
  "\"open",
  "'open",
  "a\nEOF\ntouch /run/injected",
  "a\nFLAME\ntouch /run/injected",
  "${NOPE?no such}",
  "\n",
  "\\",
  "\\\n",
  "\"\n\"",
  ";comment",
  "%n%%",
  "\x01\x1B[31m\x7F",
  "\xF0\x9F\x94\xA5",
  "MIME-Version: 1.0",
};

} // namespace flame::tests
