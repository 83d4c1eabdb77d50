#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace flame::sandbox {
namespace {

constexpr auto k_skew = std::chrono::minutes(15);
constexpr std::int64_t k_longest = 604'800; // seconds: 7 days

std::optional<Seconds> instant(const std::string& basic) // "20260115T081530Z"
{
  if (basic.size() != 16) {
    return std::nullopt;
  }
  return parse_iso8601(fmt::format("{}-{}-{}T{}:{}:{}Z", basic.substr(0, 4), basic.substr(4, 2),
                                   basic.substr(6, 2), basic.substr(9, 2), basic.substr(11, 2),
                                   basic.substr(13, 2)));
}

Flaw time_flaw(const Claim& claim, Seconds now)
{
  const std::optional<Seconds> signed_at = instant(claim.timestamp);
  if (!signed_at) {
    return Flaw::incomplete;
  }
  if (!claim.presigned) {
    return std::chrono::abs(now - *signed_at) > k_skew ? Flaw::skewed : Flaw::none;
  }
  if (claim.valid_for < 1 || claim.valid_for > k_longest) {
    return Flaw::too_long;
  }
  if (*signed_at - now > k_skew) {
    return Flaw::skewed;
  }
  return now > *signed_at + std::chrono::seconds(claim.valid_for) ? Flaw::url_expired : Flaw::none;
}

bool signs(const Claim& claim, std::string_view name)
{
  return std::ranges::find(claim.signed_headers, name) != claim.signed_headers.end();
}

Flaw header_flaw(const Request& request, const Claim& claim)
{
  const bool left_out = std::ranges::any_of(request.headers, [&](const auto& header) {
    return header.first.starts_with("x-amz-") && !signs(claim, header.first);
  });
  return left_out || !signs(claim, "host") ? Flaw::header_left_out : Flaw::none;
}

Flaw body_flaw(const Request& request, const Claim& claim)
{
  const std::string_view given = request.header("x-amz-content-sha256");
  if (claim.service != "s3" || claim.presigned) {
    return Flaw::none;
  }
  if (given.empty()) {
    return Flaw::no_body_hash;
  }
  return given == k_unsigned_payload || given == to_hex(sha256(request.body)) ? Flaw::none
                                                                              : Flaw::body_hash;
}

Flaw key_flaw(const Claim& claim, const Key& key, Seconds now)
{
  if (claim.token != key.token) {
    return Flaw::bad_token;
  }
  return key.expires && now > *key.expires ? Flaw::key_expired : Flaw::none;
}

Flaw first(std::initializer_list<Flaw> flaws)
{
  const auto found = std::ranges::find_if(flaws, [](Flaw flaw) { return flaw != Flaw::none; });
  return found == flaws.end() ? Flaw::none : *found;
}

} // namespace

Verdict verify(const Request& request, const Keyring& keys, std::span<const std::string> regions,
               Seconds now)
{
  Verdict verdict = read_claim(request);
  if (verdict.flaw != Flaw::none) {
    return verdict;
  }
  const Claim& claim = verdict.claim;
  const std::optional<Key> key = keys.find(claim.key_id);
  if (!key) {
    verdict.flaw = Flaw::unknown_key;
    return verdict;
  }
  const bool known_region = std::ranges::find(regions, claim.region) != regions.end();
  const std::string expected =
    signature(string_to_sign(canonical_request(request, claim), claim), claim, key->secret);
  verdict.flaw =
    first({known_region ? Flaw::none : Flaw::wrong_region, time_flaw(claim, now),
           key_flaw(claim, *key, now), header_flaw(request, claim), body_flaw(request, claim),
           expected == claim.signature ? Flaw::none : Flaw::mismatch});
  verdict.key = *key;
  return verdict;
}

} // namespace flame::sandbox
