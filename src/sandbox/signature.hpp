#pragma once

#include "sandbox/keyring.hpp"
#include "sandbox/message.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Signature Version 4 from the service's side. Shares nothing with the client's signer but the
// digests, so that a mistake made there is not made here again. Pure.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
namespace flame::sandbox {

// What a request says about its own signature, in the Authorization header or in the query.
struct Claim {
  bool presigned = false;
  std::string key_id = {};
  std::string date = {}; // "20260115"
  std::string region = {};
  std::string service = {}; // "ec2"
  std::vector<std::string> signed_headers = {};
  std::string signature = {};
  std::string timestamp = {}; // "20260115T081530Z"
  std::string token = {};     // session token, "" when none came
  std::int64_t valid_for = 0; // seconds, presigned only
};

// Why a request is not believed. Each service has its own words for them.
enum class Flaw {
  none,
  missing,      // neither header nor query
  incomplete,   // there, but a part is missing or not well-formed
  wrong_region, // no region of this sandbox
  unknown_key,
  bad_token,   // missing or not the one that came with the key
  key_expired, // temporary credentials after their end
  skewed,      // more than 15 minutes from now
  url_expired,
  too_long,        // X-Amz-Expires over 7 days, or not over 0
  header_left_out, // host or an x-amz-* header is not signed
  no_body_hash,    // S3 wants x-amz-content-sha256
  body_hash,       // x-amz-content-sha256 is not that of the body
  mismatch
};

struct Verdict {
  Flaw flaw = Flaw::none;
  Claim claim = {}; // as far as it could be read
  Key key = {};     // whose request it is, when flaw is none
};

Verdict verify(const Request& request, const Keyring& keys, std::span<const std::string> regions,
               Seconds now);

// The stages, for tests against published values.
Verdict read_claim(const Request& request); // flaw none, missing, incomplete
std::string canonical_request(const Request& request, const Claim& claim);
std::string string_to_sign(const std::string& canonical, const Claim& claim);
std::string signature(const std::string& text, const Claim& claim, const std::string& secret);

// Shared by the stages.
using QueryPair = std::pair<std::string, std::string>; // decoded
std::vector<QueryPair> query_pairs(std::string_view query);
std::string query_value(const std::vector<QueryPair>& pairs, std::string_view name);
inline constexpr std::string_view k_sigv4 = "AWS4-HMAC-SHA256";
inline constexpr std::string_view k_unsigned_payload = "UNSIGNED-PAYLOAD";

} // namespace flame::sandbox
