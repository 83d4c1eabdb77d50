#pragma once

#include "aws/credentials.hpp"
#include "base/time.hpp"

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
  std::string method = {};  // "POST"
  std::string scheme = {};  // "https" or "http"
  std::string host = {};    // with ":port" when it is not the scheme's own
  std::string path = {};    // absolute and escaped once, as sent; "" is "/"
  std::string query = {};   // escaped, as sent, without '?'; may be empty
  Headers headers = {};     // without host, which sign() adds from `host`
  std::string body = {};    // as it goes over the wire
};

struct SigningScope {
  std::string_view region;  // "eu-west-1"
  std::string_view service; // "ec2"; "s3" turns S3's path rules on
  Seconds time;             // AWS accepts 15 minutes of skew, 5 are safe
};

enum class Payload { hashed, unsigned_payload };

// Stage 1. `headers` must already hold host and x-amz-date (or, presigned, the query the
// parameters). Only the headers that sign() signs take part.
std::string canonical_request(const Request& request, const SigningScope& scope, Payload payload);

// Stage 2. `canonical` is what stage 1 returned.
std::string string_to_sign(std::string_view canonical, const SigningScope& scope);

// Stage 3: the raw 32 bytes of kSigning. The last one is cached by (secret, date, region, service).
std::string signing_key(std::string_view secret_access_key, const SigningScope& scope);

// Stage 4. 64 lower-case hex digits.
std::string signature(std::string_view string_to_sign, const SigningScope& scope,
                      std::string_view secret_access_key);

// All stages. Returns `request` with host, x-amz-date and authorization set; x-amz-security-token
// for temporary credentials; x-amz-content-sha256 for s3. Signs host, content-type, range,
// if-match and x-amz-*. Cannot fail. The result holds no secret key.
Request sign(Request request, const SigningScope& scope, const Credentials& credentials,
             Payload payload = Payload::hashed);

// The URL that anyone may use until `expires` (1 s to 7 days) has passed or the credentials have
// died, whichever is first. It is a secret.
std::string presign(Request request, const SigningScope& scope, const Credentials& credentials,
                    std::chrono::seconds expires);

} // namespace flame::aws
