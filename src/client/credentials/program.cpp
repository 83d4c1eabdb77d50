#include "client/credentials/program.hpp"

#include "base/text.hpp"
#include "client/credentials/key_answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::client {
namespace {

constexpr std::size_t k_shortest_key = 16; // letters, of an access key id
constexpr std::size_t k_longest_shown = 200;

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool is_capital(char c)
{
  return c >= 'A' && c <= 'Z';
}

bool in_key(char c)
{
  return is_digit(c) || is_capital(c) || (c >= 'a' && c <= 'z')
         || std::string_view("+/=_-").find(c) != std::string_view::npos;
}

bool looks_like_key(std::string_view word)
{
  return word.size() >= k_shortest_key && std::ranges::any_of(word, is_digit)
         && std::ranges::any_of(word, is_capital);
}

std::string_view last_line(std::string_view text)
{
  text = trim(text);
  return trim(text.substr(text.rfind('\n') + 1)); // npos + 1 is 0
}

Result<aws::Credentials> read(const io::Finished& finished, const std::string& whom)
{
  const auto fields = json_fields(finished.output);
  if (!fields) {
    return fail(ErrorKind::credentials, fmt::format("{} prints no JSON object", whom));
  }
  const auto version = fields->find("Version");
  if (version == fields->end() || version->second != "1") {
    return fail(ErrorKind::credentials, fmt::format("{} prints no \"Version\": 1", whom),
                "it is the only one that there is");
  }
  return keys_of(*fields, {.token = "SessionToken", .temporary = false}, whom);
}

} // namespace

std::string without_keys(std::string_view text)
{
  const std::string_view line = last_line(text);
  std::string shown;
  for (std::size_t at = 0; at < line.size();) {
    const auto end = static_cast<std::size_t>(
      std::find_if_not(line.begin() + static_cast<std::ptrdiff_t>(at), line.end(), in_key)
      - line.begin());
    const std::string_view word = line.substr(at, end - at);
    if (looks_like_key(word)) {
      shown += "***";
    } else {
      shown += word;
    }
    at = end;
    if (at < line.size()) {
      const char c = line[at++];
      shown += c < ' ' || c == '\x7f' ? '?' : c;
    }
  }
  return shown.size() > k_longest_shown ? shown.substr(0, k_longest_shown) + "..." : shown;
}

Result<aws::Credentials> keys_of_program(const Sources& sources,
                                         const std::vector<std::string>& arguments,
                                         const std::string& whom)
{
  if (!sources.run) {
    return fail(ErrorKind::credentials, fmt::format("{} cannot be run here", whom));
  }
  auto finished = sources.run(
    {.arguments = arguments, .cancel = sources.cancel, .cancel_grace = sources.cancel_grace});
  if (!finished) {
    Error error = std::move(finished.error());
    error.kind =
      error.kind == ErrorKind::interrupted ? ErrorKind::interrupted : ErrorKind::credentials;
    error.message = fmt::format("{} gives no keys: {}", whom, error.message);
    return tl::unexpected(std::move(error));
  }
  if (finished->status != 0) {
    const std::string said = without_keys(finished->errors);
    return fail(ErrorKind::credentials,
                fmt::format("{} fails with status {}{}", whom, finished->status,
                            said.empty() ? "" : ": " + said));
  }
  return read(*finished, whom);
}

} // namespace flame::client
