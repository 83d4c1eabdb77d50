#include "fleet/console_text.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace flame::fleet {
namespace {

constexpr char k_escape = '\x1B';

bool is_between(char c, char low, char high)
{
  return c >= low && c <= high;
}

// The length of the escape sequence that `text` begins with. One that is cut off ends with it.
// Source: ECMA-48, 5.4 (control sequences) and 5.6 (strings).
std::size_t escape_length(std::string_view text)
{
  const char kind = text.size() > 1 ? text[1] : '\0';
  std::size_t at = std::min<std::size_t>(2, text.size());
  if (kind == '[') {
    while (at < text.size() && is_between(text[at], 0x20, 0x3F)) {
      ++at;
    }
    return at < text.size() && is_between(text[at], 0x40, 0x7E) ? at + 1 : at;
  }
  if (kind == ']' || kind == 'P' || kind == '_' || kind == '^') { // up to BEL or ESC backslash
    while (at < text.size() && text[at] != '\a' && text[at] != k_escape && text[at] != '\n') {
      ++at;
    }
    if (text.substr(at).starts_with("\x1B\\")) {
      return at + 2;
    }
    return at < text.size() && text[at] == '\a' ? at + 1 : at;
  }
  return is_between(kind, 0x20, 0x7E) ? at : 1;
}

// Bytes of the UTF-8 character that `text` begins with, 0 when it is none.
std::size_t character_length(std::string_view text)
{
  for (std::size_t size = 2; size <= std::min<std::size_t>(4, text.size()); ++size) {
    if (is_valid_utf8(text.substr(0, size))) {
      return size;
    }
  }
  return 0;
}

// One character from the front of `text`, as it is shown.
std::string take_shown(std::string_view& text)
{
  const char c = text.front();
  std::size_t size = 1;
  std::string shown(1, c);
  if (static_cast<unsigned char>(c) >= 0x80) {
    size = std::max<std::size_t>(1, character_length(text));
    const bool control = c == '\xC2' && size == 2 && static_cast<unsigned char>(text[1]) < 0xA0;
    shown = size == 1 || control ? "?" : std::string(text.substr(0, size));
  } else if (c == k_escape) {
    size = escape_length(text);
    shown = size == 1 ? "^[" : "";
  } else if (c == '\r') {
    shown = text.substr(0, text.find_first_not_of('\r')).size() < text.size()
                && text[text.find_first_not_of('\r')] != '\n'
              ? "\n" // a line that was written over: both are shown
              : "";
    size = std::min(text.find_first_not_of('\r'), text.size());
  } else if (c == 0x7F || (is_between(c, 0, 0x1F) && c != '\n' && c != '\t')) {
    shown = {'^', static_cast<char>(c ^ 0x40)};
  }
  text.remove_prefix(size);
  return shown;
}

} // namespace

std::string harmless(std::string_view console)
{
  std::string shown;
  shown.reserve(console.size());
  while (!console.empty()) {
    shown += take_shown(console);
  }
  return shown;
}

Fresh fresh_part(std::string_view before, std::string_view now)
{
  if (before.empty() || now.starts_with(before)) {
    return {.text = now.substr(before.size())};
  }
  // The window has moved on: what `before` ends with is what `now` begins with.
  const std::string_view start = now.substr(0, 64);
  for (auto at = before.find(start); at != std::string_view::npos && !start.empty();
       at = before.find(start, at + 1)) {
    const std::string_view common = before.substr(at);
    if (now.starts_with(common)) {
      return {.text = now.substr(common.size())};
    }
    if (common.starts_with(now)) {
      return {}; // an older answer
    }
  }
  return {.text = now, .gap = !now.empty()};
}

} // namespace flame::fleet
