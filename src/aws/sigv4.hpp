#pragma once

#include "aws/credentials.hpp"
#include "base/time.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Signature Version 4, header and presigned form. Pure: no clock, no network. The stages are
// public so that each can be checked against the published vectors.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
namespace flame::aws {

using Headers = std::vector<std::pair<std::string, std::string>>; // in the order sent

struct Request {
  std::string method = {}; // "POST"
  std::string scheme = {}; // "https" or "http"
  std::string host = {};   // with ":port" when it is not the scheme's own
  std::string path = {};   // absolute and escaped once, as sent; "" is "/"
  std::string query = {};  // escaped, as sent, without '?'; may be empty
  Headers headers = {};    // without host, which sign() adds from `host`
  std::string body = {};   // as it goes over the wire
};

struct SigningScope {
  std::string_view region;  // "eu-west-1"
  std::string_view service; // "ec2"; "s3" turns S3's path rules on
  Seconds time;             // AWS accepts 15 minutes of skew, 5 are safe
};

// `unsigned_payload` needs https; over http the body is hashed all the same.
enum class Payload { hashed, unsigned_payload };

// Which headers of the request take part, beside host.
enum class SignedHeaders {
  stable, // content-type, range, if-match and x-amz-*: what no library or proxy changes
  all     // all but those between two hops (connection, expect, user-agent …), as botocore
};

struct SigningOptions {
  Payload payload = Payload::hashed;
  SignedHeaders headers = SignedHeaders::stable;
};

// The four keys, raw 32 bytes each.
struct SigningKeys {
  std::string date = {};
  std::string region = {};
  std::string service = {};
  std::string signing = {};
};

inline constexpr std::chrono::seconds k_longest_presign = std::chrono::days(7);

// What the service computes from the path and query it gets. S3 takes the path as it is; all others
// remove dot segments and double slashes and escape it once more.
std::string canonical_path(std::string_view path, std::string_view service);
std::string canonical_query(std::string_view query);

// Stage 0. `request` with what its signature needs: the header form gets host, x-amz-date,
// x-amz-security-token and x-amz-content-sha256 (s3, or an unsigned payload); the presigned form
// gets them as query parameters and loses its body.
Request prepare(Request request, const SigningScope& scope, const Credentials& credentials,
                const SigningOptions& options = {});
Request prepare_presigned(Request request, const SigningScope& scope,
                          const Credentials& credentials, std::chrono::seconds expires,
                          const SigningOptions& options = {});

// Stage 1. `prepared` is what stage 0 returned. Its header x-amz-content-sha256 is the hash of the
// payload when it has one.
std::string canonical_request(const Request& prepared, const SigningScope& scope,
                              const SigningOptions& options = {});

// Stage 2. `canonical` is what stage 1 returned.
std::string string_to_sign(std::string_view canonical, const SigningScope& scope);

// Stage 3. signing_key is the last of the four; each thread remembers the last one that it made.
SigningKeys derive_keys(std::string_view secret_access_key, const SigningScope& scope);
std::string signing_key(std::string_view secret_access_key, const SigningScope& scope);

// Stage 4. 64 lower-case hex digits.
std::string signature(std::string_view string_to_sign, const SigningScope& scope,
                      std::string_view secret_access_key);

// All stages. Returns `request` as prepared, with authorization set. Cannot fail. The result holds
// no secret key.
Request sign(Request request, const SigningScope& scope, const Credentials& credentials,
             const SigningOptions& options = {});

// The URL that anyone may use until `expires` has passed or the credentials have died, whichever is
// first. It is a secret. s3 leaves the payload unsigned; others sign the empty one.
std::string presign(Request request, const SigningScope& scope, const Credentials& credentials,
                    std::chrono::seconds expires, const SigningOptions& options = {});

// How long a URL signed at `now` can live: no longer than asked, than the credentials, or than
// seven days. Zero or less: not at all.
std::chrono::seconds presign_lifetime(std::chrono::seconds asked, Seconds now,
                                      const Credentials& credentials);

// "https://host/path?query". A secret when presigned.
std::string url_of(const Request& request);

} // namespace flame::aws
