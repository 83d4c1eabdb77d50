#include "aws/sigv4.hpp"
#include "aws/sigv4_headers.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

#include <algorithm>

// Stage 1 of Signature Version 4: one text for all requests that mean the same.
namespace flame::aws {
namespace {

using Pieces = std::vector<std::string_view>;
using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::string_view k_unsigned_payload = "UNSIGNED-PAYLOAD";

// What no URL may hold unescaped.
bool is_raw(char c)
{
  const auto byte = static_cast<unsigned char>(c);
  return byte <= ' ' || byte >= 0x7F;
}

// A client that sends raw UTF-8 has it read as if it had escaped it. What is escaped stays.
std::string escape_raw(std::string_view text)
{
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    escaped += is_raw(c) ? uri_encode(std::string_view(&c, 1)) : std::string(1, c);
  }
  return escaped;
}

Pieces split_views(std::string_view text, char separator)
{
  Pieces pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return pieces;
    }
    text.remove_prefix(end + 1);
  }
}

// RFC 3986 5.2.4, and one slash for many; a trailing slash stays.
std::string without_dot_segments(std::string_view path)
{
  Pieces kept;
  for (const std::string_view segment : split_views(path, '/')) {
    if (segment == ".." && !kept.empty()) {
      kept.pop_back();
    }
    if (!segment.empty() && segment != "." && segment != "..") {
      kept.push_back(segment);
    }
  }
  std::string normal;
  for (const std::string_view segment : kept) {
    normal.append("/").append(segment);
  }
  return kept.empty() || path.ends_with('/') ? normal + '/' : normal;
}

bool is_presigned(std::string_view query)
{
  return std::ranges::any_of(split_views(query, '&'), [](std::string_view piece) {
    return piece.starts_with("X-Amz-Algorithm=");
  });
}

} // namespace

std::string canonical_path(std::string_view path, std::string_view service)
{
  if (path.empty() || path == "/") {
    return "/";
  }
  if (service != "s3") {
    return uri_encode(without_dot_segments(path), "/");
  }
  return std::ranges::any_of(path, is_raw) ? escape_raw(path) : std::string(path);
}

std::string canonical_query(std::string_view query)
{
  if (query.empty()) {
    return {};
  }
  std::string escaped;
  if (std::ranges::any_of(query, is_raw)) {
    escaped = escape_raw(query);
    query = escaped;
  }
  std::vector<Pair> pairs;
  for (const std::string_view piece : split_views(query, '&')) {
    const std::size_t name_end = std::min(piece.find('='), piece.size());
    const std::size_t value = std::min(name_end + 1, piece.size());
    pairs.emplace_back(piece.substr(0, name_end), piece.substr(value));
  }
  // As pairs: "a-b=1" is smaller than "a=1" as text, but "a" is smaller than "a-b".
  std::ranges::sort(pairs);
  std::string canonical;
  canonical.reserve(query.size() + pairs.size());
  for (const auto& [name, value] : pairs) {
    canonical.append(canonical.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return canonical;
}

std::string canonical_request(const Request& prepared, const SigningScope& scope,
                              const SigningOptions& options)
{
  const std::string path = canonical_path(prepared.path, scope.service);
  const std::string query = canonical_query(prepared.query);
  std::string canonical;
  canonical.reserve(path.size() + query.size() + 1024);
  canonical.append(to_upper(prepared.method)).append("\n");
  canonical.append(path).append("\n").append(query).append("\n");
  append_canonical_headers(canonical, prepared.headers, options.headers);
  canonical += '\n';
  if (const std::string* hash = find_header(prepared.headers, "x-amz-content-sha256")) {
    canonical += *hash;
  } else if (scope.service == "s3" && is_presigned(prepared.query)) {
    canonical += k_unsigned_payload; // also over http: who will use the URL is not known
  } else {
    canonical += payload_hash(prepared, options);
  }
  return canonical;
}

std::string payload_hash(const Request& request, const SigningOptions& options)
{
  if (options.payload == Payload::unsigned_payload && request.scheme == "https") {
    return std::string(k_unsigned_payload);
  }
  if (request.body.empty()) {
    return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  }
  return to_hex(sha256(request.body));
}

} // namespace flame::aws
