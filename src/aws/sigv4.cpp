#include "aws/sigv4.hpp"

#include "aws/sigv4_headers.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <algorithm>
#include <array>

namespace flame::aws {
namespace {

constexpr std::string_view k_algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view k_form = "application/x-www-form-urlencoded; charset=utf-8";

// What presigning writes itself; of a URL that was presigned before, they are replaced.
constexpr std::array<std::string_view, 7> k_presign_names = {
  "X-Amz-Algorithm",     "X-Amz-Credential",     "X-Amz-Date",     "X-Amz-Expires",
  "X-Amz-SignedHeaders", "X-Amz-Security-Token", "X-Amz-Signature"};

// "20260115/eu-west-1/ec2/aws4_request"
std::string credential_scope(std::string_view timestamp, const SigningScope& scope)
{
  std::string text(timestamp.substr(0, 8));
  text.append("/").append(scope.region).append("/").append(scope.service).append("/aws4_request");
  return text;
}

std::string join_to_sign(std::string_view canonical, std::string_view timestamp,
                         std::string_view credential_scope)
{
  std::string text(k_algorithm);
  text.append("\n").append(timestamp).append("\n").append(credential_scope).append("\n");
  return text.append(to_hex(sha256(canonical)));
}

// The names are the last line but one of the canonical request.
std::string_view signed_names_of(std::string_view canonical)
{
  canonical = canonical.substr(0, canonical.rfind('\n'));
  return canonical.substr(canonical.rfind('\n') + 1);
}

void append_parameter(std::string& query, std::string_view name, std::string_view value)
{
  query.append(query.empty() ? "" : "&").append(name).append("=").append(uri_encode(value));
}

// The caller's own parameters, each escaped in the one way that the service will compute.
std::string own_parameters(std::string_view query)
{
  std::string own;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    std::string piece(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    std::ranges::replace(piece, '+', ' '); // as services read it
    const std::size_t name_end = std::min(piece.find('='), piece.size());
    const std::string name = uri_decode(std::string_view(piece).substr(0, name_end));
    const bool ours = std::ranges::find(k_presign_names, name) != k_presign_names.end();
    if (!piece.empty() && !ours) {
      const std::size_t value = std::min(name_end + 1, piece.size());
      append_parameter(own, uri_encode(name), uri_decode(std::string_view(piece).substr(value)));
    }
  }
  return own;
}

// A pure function's memory: four HMACs cost as much as all else in signing a small request.
struct KnownKey {
  std::string secret = {};
  std::string scope = {};
  std::string key = {};
};

const std::string& known_key(std::string_view secret_access_key, const SigningScope& scope,
                             std::string_view wanted)
{
  thread_local KnownKey known;
  if (known.secret != secret_access_key || known.scope != wanted) {
    known = {std::string(secret_access_key), std::string(wanted),
             derive_keys(secret_access_key, scope).signing};
  }
  return known.key;
}

} // namespace

Request prepare(Request request, const SigningScope& scope, const Credentials& credentials,
                const SigningOptions& options)
{
  Headers& headers = request.headers;
  headers.reserve(headers.size() + 5);
  remove_header(headers, "authorization");
  remove_header(headers, "x-amz-date");
  if (find_header(headers, "host") == nullptr) {
    headers.emplace_back("host", request.host);
  }
  headers.emplace_back("x-amz-date", iso8601_basic(scope.time));
  if (!credentials.session_token.empty()) {
    remove_header(headers, "x-amz-security-token");
    headers.emplace_back("x-amz-security-token", credentials.session_token);
  }
  const bool leaves_payload_out =
    options.payload == Payload::unsigned_payload && request.scheme == "https";
  if (scope.service == "s3" || leaves_payload_out) {
    remove_header(headers, "x-amz-content-sha256");
    headers.emplace_back("x-amz-content-sha256", payload_hash(request, options));
  }
  return request;
}

Request prepare_presigned(Request request, const SigningScope& scope,
                          const Credentials& credentials, std::chrono::seconds expires,
                          const SigningOptions& options)
{
  if (find_header(request.headers, "host") == nullptr) {
    request.headers.emplace_back("host", request.host);
  }
  std::erase_if(request.headers, [](const auto& header) { return header.second == k_form; });
  request.body.clear();
  const std::string timestamp = iso8601_basic(scope.time);
  std::string query = own_parameters(request.query);
  append_parameter(query, "X-Amz-Algorithm", k_algorithm);
  append_parameter(query, "X-Amz-Credential",
                   credentials.access_key_id + '/' + credential_scope(timestamp, scope));
  append_parameter(query, "X-Amz-Date", timestamp);
  append_parameter(query, "X-Amz-Expires", std::to_string(expires.count()));
  append_parameter(query, "X-Amz-SignedHeaders",
                   signed_header_names(request.headers, options.headers));
  if (!credentials.session_token.empty()) {
    append_parameter(query, "X-Amz-Security-Token", credentials.session_token);
  }
  request.query = std::move(query);
  return request;
}

std::string string_to_sign(std::string_view canonical, const SigningScope& scope)
{
  const std::string timestamp = iso8601_basic(scope.time);
  return join_to_sign(canonical, timestamp, credential_scope(timestamp, scope));
}

SigningKeys derive_keys(std::string_view secret_access_key, const SigningScope& scope)
{
  SigningKeys keys;
  keys.date =
    hmac_sha256(std::string("AWS4").append(secret_access_key), iso_date_basic(scope.time));
  keys.region = hmac_sha256(keys.date, scope.region);
  keys.service = hmac_sha256(keys.region, scope.service);
  keys.signing = hmac_sha256(keys.service, "aws4_request");
  return keys;
}

std::string signing_key(std::string_view secret_access_key, const SigningScope& scope)
{
  return known_key(secret_access_key, scope, credential_scope(iso_date_basic(scope.time), scope));
}

std::string signature(std::string_view string_to_sign, const SigningScope& scope,
                      std::string_view secret_access_key)
{
  return to_hex(hmac_sha256(signing_key(secret_access_key, scope), string_to_sign));
}

Request sign(Request request, const SigningScope& scope, const Credentials& credentials,
             const SigningOptions& options)
{
  Request prepared = prepare(std::move(request), scope, credentials, options);
  const std::string canonical = canonical_request(prepared, scope, options);
  const std::string timestamp = iso8601_basic(scope.time);
  const std::string own_scope = credential_scope(timestamp, scope);
  const std::string text = join_to_sign(canonical, timestamp, own_scope);
  std::string authorization(k_algorithm);
  authorization.append(" Credential=").append(credentials.access_key_id);
  authorization.append("/").append(own_scope);
  authorization.append(", SignedHeaders=").append(signed_names_of(canonical));
  authorization.append(", Signature=");
  authorization.append(
    to_hex(hmac_sha256(known_key(credentials.secret_access_key, scope, own_scope), text)));
  prepared.headers.emplace_back("authorization", std::move(authorization));
  return prepared;
}

std::string presign(Request request, const SigningScope& scope, const Credentials& credentials,
                    std::chrono::seconds expires, const SigningOptions& options)
{
  Request prepared = prepare_presigned(std::move(request), scope, credentials, expires, options);
  const std::string text = string_to_sign(canonical_request(prepared, scope, options), scope);
  append_parameter(prepared.query, "X-Amz-Signature",
                   signature(text, scope, credentials.secret_access_key));
  return url_of(prepared);
}

std::chrono::seconds presign_lifetime(std::chrono::seconds asked, Seconds now,
                                      const Credentials& credentials)
{
  const std::chrono::seconds limit = std::min(asked, k_longest_presign);
  return credentials.expiration ? std::min(limit, *credentials.expiration - now) : limit;
}

std::string url_of(const Request& request)
{
  std::string url = request.scheme + "://" + request.host;
  url += request.path.empty() ? "/" : request.path;
  return request.query.empty() ? url : url + '?' + request.query;
}

} // namespace flame::aws
