#include "boot/script_text.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::boot {

std::string quote(std::string_view text)
{
  constexpr std::string_view mime = "mime-version";
  std::string word = "'";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool mail = text[at] == ':' && at >= mime.size()
                      && to_lower(text.substr(at - mime.size(), mime.size())) == mime;
    if (text[at] == '\'') {
      word += "'\\''";
    } else if (mail) {
      word += "'':";
    } else {
      word += text[at];
    }
  }
  return word + "'";
}

std::string quote_for_curl(std::string_view url)
{
  std::string text;
  for (const char c : url) {
    text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return text;
}

std::string whole_seconds(Millis duration)
{
  return fmt::format("{}", std::max<Millis::rep>(1, (duration.count() + 999) / 1000));
}

std::string assign(std::string_view name, std::string_view value)
{
  return fmt::format("{}={}\n", name, quote(value));
}

std::string base64_words(const std::vector<std::string>& texts)
{
  std::vector<std::string> words;
  std::ranges::transform(texts, std::back_inserter(words),
                         [](const std::string& text) { return to_base64(text); });
  return join(words, " ");
}

} // namespace flame::boot
