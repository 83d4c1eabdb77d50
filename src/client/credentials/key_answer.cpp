#include "client/credentials/key_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::client {
namespace {

struct Member {
  std::string_view name;
  std::string_view value;
  bool wanted;
};

std::string value(const JsonFields& fields, std::string_view name)
{
  const auto found = fields.find(std::string(name));
  return found == fields.end() ? std::string() : found->second;
}

std::optional<Seconds> time_of(std::string_view text)
{
  std::int64_t millis = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), millis);
  const bool whole = !text.empty() && failed == std::errc() && end == text.data() + text.size();
  // Four-digit years only, as in ISO 8601; what is more would overflow somewhere.
  constexpr std::int64_t k_year_10000 = 253'402'300'800'000;
  if (whole && millis > 0 && millis < k_year_10000) {
    return Seconds(std::chrono::floor<std::chrono::seconds>(Millis(millis)));
  }
  return parse_iso8601(text);
}

bool fits_header(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

Result<aws::Credentials> keys_of(const JsonFields& fields, const KeyNames& names,
                                 std::string_view whom)
{
  aws::Credentials keys{.access_key_id = value(fields, names.id),
                        .secret_access_key = value(fields, names.secret),
                        .session_token = value(fields, names.token),
                        .account_id = value(fields, names.account)};
  const std::string expiration = value(fields, names.expiration);
  const Member members[] = {{names.id, keys.access_key_id, true},
                            {names.secret, keys.secret_access_key, true},
                            {names.token, keys.session_token, names.temporary},
                            {names.expiration, expiration, names.temporary}};
  for (const Member& member : members) {
    if (member.wanted && member.value.empty()) {
      return fail(ErrorKind::credentials, fmt::format("{} gives no {}", whom, member.name));
    }
    if (!fits_header(member.value)) {
      return fail(ErrorKind::credentials,
                  fmt::format("{} gives a {} with a blank or a line end", whom, member.name));
    }
  }
  keys.expiration = time_of(expiration);
  if (!expiration.empty() && !keys.expiration) {
    return fail(ErrorKind::credentials,
                fmt::format("{} gives a {} that is no time", whom, names.expiration));
  }
  return keys;
}

} // namespace flame::client
