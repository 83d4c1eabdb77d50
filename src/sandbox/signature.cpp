#include "sandbox/signature.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

int nibble(char c)
{
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

std::string unescape(std::string_view text, bool plus_is_blank)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
      text[i] == '%' && i + 2 < text.size() && nibble(text[i + 1]) >= 0 && nibble(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(nibble(text[i + 1]) << 4 | nibble(text[i + 2])));
      i += 2;
    } else {
      out.push_back(plus_is_blank && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string escape(std::string_view text, bool keep_slash)
{
  std::string out;
  for (const char c : text) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alnum || c == '-' || c == '.' || c == '_' || c == '~' || (keep_slash && c == '/')) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// Sorted as pairs: "a=1" stands before "a-b=1", though '-' sorts before '='.
std::string canonical_query(const Request& request)
{
  std::vector<QueryPair> pairs;
  for (const auto& [name, value] : query_pairs(request.query())) {
    if (name != "X-Amz-Signature") {
      pairs.emplace_back(escape(name, false), escape(value, false));
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const auto& [name, value] : pairs) {
    text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return text;
}

// All services but S3: no dot segments, no doubled slashes.
std::string without_dots(std::string_view path)
{
  std::vector<std::string> kept;
  const std::vector<std::string> segments = split(path, '/');
  for (const std::string& segment : segments) {
    if (segment == "..") {
      if (!kept.empty()) {
        kept.pop_back();
      }
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  const std::string& last = segments.back();
  const bool folder = last.empty() || last == "." || last == "..";
  return "/" + join(kept, "/") + (folder && !kept.empty() ? "/" : "");
}

std::string canonical_path(const Request& request, const Claim& claim)
{
  const std::string_view path = request.path().empty() ? "/" : request.path();
  if (claim.service == "s3") {
    return escape(unescape(path, false), true); // once, slashes and dots as they are
  }
  return escape(without_dots(path), true); // what is escaped already is escaped again
}

std::string squeeze(std::string_view value)
{
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

std::string canonical_headers(const Request& request, const Claim& claim)
{
  std::string text;
  for (const std::string& name : claim.signed_headers) {
    std::string joined;
    bool first = true;
    for (const auto& [given, value] : request.headers) {
      if (given == name) {
        joined.append(first ? "" : ",").append(squeeze(value));
        first = false;
      }
    }
    text.append(name).append(":").append(joined).append("\n");
  }
  return text;
}

std::string payload_hash(const Request& request, const Claim& claim)
{
  if (claim.service != "s3") {
    return to_hex(sha256(request.body));
  }
  if (!claim.presigned) {
    return std::string(request.header("x-amz-content-sha256"));
  }
  const std::string given = query_value(query_pairs(request.query()), "X-Amz-Content-SHA256");
  return given.empty() ? std::string(k_unsigned_payload) : given;
}

} // namespace

std::vector<QueryPair> query_pairs(std::string_view query)
{
  std::vector<QueryPair> pairs;
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    if (!item.empty()) {
      const std::size_t equals = std::min(item.find('='), item.size());
      const std::string_view value = item.substr(std::min(equals + 1, item.size()));
      pairs.emplace_back(unescape(item.substr(0, equals), true), unescape(value, true));
    }
  }
  return pairs;
}

std::string query_value(const std::vector<QueryPair>& pairs, std::string_view name)
{
  const auto found = std::find_if(pairs.begin(), pairs.end(),
                                  [&](const QueryPair& pair) { return pair.first == name; });
  return found == pairs.end() ? std::string() : found->second;
}

std::string canonical_request(const Request& request, const Claim& claim)
{
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(request, claim),
                     canonical_query(request), canonical_headers(request, claim),
                     join(claim.signed_headers, ";"), payload_hash(request, claim));
}

std::string string_to_sign(const std::string& canonical, const Claim& claim)
{
  return fmt::format("{}\n{}\n{}/{}/{}/aws4_request\n{}", k_sigv4, claim.timestamp, claim.date,
                     claim.region, claim.service, to_hex(sha256(canonical)));
}

std::string signature(const std::string& text, const Claim& claim, const std::string& secret)
{
  std::string key = "AWS4" + secret;
  for (const std::string_view step :
       {std::string_view(claim.date), std::string_view(claim.region),
        std::string_view(claim.service), std::string_view("aws4_request")}) {
    key = hmac_sha256(key, step);
  }
  return to_hex(hmac_sha256(key, text));
}

} // namespace flame::sandbox
