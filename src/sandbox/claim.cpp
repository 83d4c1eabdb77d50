#include "base/text.hpp"
#include "sandbox/signature.hpp"

#include <algorithm>
#include <charconv>

namespace flame::sandbox {
namespace {

bool set_scope(Claim& claim, std::string_view credential)
{
  const std::vector<std::string> parts = split(credential, '/');
  if (parts.size() < 5 || parts.back() != "aws4_request") {
    return false;
  }
  claim.key_id = parts[0];
  claim.date = parts[1];
  claim.region = parts[2];
  claim.service = parts[3];
  return parts.size() == 5 && !claim.key_id.empty() && !claim.region.empty()
         && !claim.service.empty();
}

bool is_complete(const Claim& claim)
{
  const bool names = !claim.signed_headers.empty() && !claim.signed_headers.front().empty()
                     && std::is_sorted(claim.signed_headers.begin(), claim.signed_headers.end());
  return names && claim.timestamp.size() == 16 && claim.timestamp.starts_with(claim.date)
         && claim.date.size() == 8 && !claim.signature.empty();
}

Verdict from_query(const Request& request)
{
  const std::vector<QueryPair> query = query_pairs(request.query());
  Verdict verdict;
  Claim& claim = verdict.claim;
  claim.presigned = true;
  claim.timestamp = query_value(query, "X-Amz-Date");
  claim.signature = query_value(query, "X-Amz-Signature");
  claim.token = query_value(query, "X-Amz-Security-Token");
  claim.signed_headers = split(query_value(query, "X-Amz-SignedHeaders"), ';');
  const std::string expires = query_value(query, "X-Amz-Expires");
  const auto [end, failed] =
    std::from_chars(expires.data(), expires.data() + expires.size(), claim.valid_for);
  const bool number = failed == std::errc() && end == expires.data() + expires.size();
  const bool scope = set_scope(claim, query_value(query, "X-Amz-Credential"));
  const bool algorithm = query_value(query, "X-Amz-Algorithm") == k_sigv4;
  verdict.flaw = scope && algorithm && number && is_complete(claim) ? Flaw::none : Flaw::incomplete;
  return verdict;
}

// "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…"
Verdict from_header(const Request& request)
{
  Verdict verdict;
  Claim& claim = verdict.claim;
  claim.timestamp = request.header("x-amz-date");
  claim.token = request.header("x-amz-security-token");
  std::string_view text = request.header("authorization");
  const bool algorithm = text.starts_with(std::string(k_sigv4) + " ");
  text.remove_prefix(std::min(k_sigv4.size(), text.size()));
  bool scope = false;
  for (const std::string& part : split(text, ',')) {
    const std::string_view item = trim(part);
    const std::string_view value = item.substr(std::min(item.find('=') + 1, item.size()));
    if (item.starts_with("Credential=")) {
      scope = set_scope(claim, value);
    } else if (item.starts_with("SignedHeaders=")) {
      claim.signed_headers = split(value, ';');
    } else if (item.starts_with("Signature=")) {
      claim.signature = value;
    }
  }
  verdict.flaw = algorithm && scope && is_complete(claim) ? Flaw::none : Flaw::incomplete;
  return verdict;
}

} // namespace

Verdict read_claim(const Request& request)
{
  if (request.has_header("authorization")) {
    return from_header(request);
  }
  if (request.query().find("X-Amz-") != std::string_view::npos) {
    return from_query(request);
  }
  return {.flaw = Flaw::missing};
}

} // namespace flame::sandbox
