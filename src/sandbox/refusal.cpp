#include "sandbox/refusal.hpp"

#include "sandbox/ec2.hpp"
#include "sandbox/iam.hpp"
#include "sandbox/s3.hpp"
#include "sandbox/ssm.hpp"
#include "sandbox/sts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::sandbox {
namespace {

constexpr std::string_view k_mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS "
  "Secret Access Key and signing method. Consult the service documentation for details.";
constexpr std::string_view k_not_validated =
  "AWS was not able to validate the provided access credentials";
constexpr std::string_view k_left_out =
  "There were headers present in the request which were not signed";

struct Row {
  Flaw flaw;
  int status;
  std::string_view code;
  std::string_view message;
};

// clang-format off
constexpr Row k_ec2[] = {
  {Flaw::missing,         400, "MissingParameter",      "The request must contain the parameter AWSAccessKeyId"},
  {Flaw::incomplete,      400, "IncompleteSignature",   "The Authorization header is not a complete signature of version 4"},
  {Flaw::wrong_region,    401, "AuthFailure",           "Credential should be scoped to a valid region"},
  {Flaw::unknown_key,     401, "AuthFailure",           k_not_validated},
  {Flaw::bad_token,       401, "AuthFailure",           k_not_validated},
  {Flaw::key_expired,     400, "RequestExpired",        "Request has expired."},
  {Flaw::skewed,          400, "RequestExpired",        "Request has expired."},
  {Flaw::url_expired,     400, "RequestExpired",        "Request has expired."},
  {Flaw::too_long,        400, "InvalidParameterValue", "X-Amz-Expires must be between 1 and 604800 seconds"},
  {Flaw::header_left_out, 403, "SignatureDoesNotMatch", k_left_out},
  {Flaw::mismatch,        403, "SignatureDoesNotMatch", k_mismatch},
};
constexpr Row k_sts[] = {
  {Flaw::missing,         403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
  {Flaw::incomplete,      400, "IncompleteSignature",   "The Authorization header is not a complete signature of version 4"},
  {Flaw::wrong_region,    403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region."},
  {Flaw::unknown_key,     403, "InvalidClientTokenId",  "The security token included in the request is invalid."},
  {Flaw::bad_token,       403, "InvalidClientTokenId",  "The security token included in the request is invalid"},
  {Flaw::key_expired,     403, "ExpiredToken",          "The security token included in the request is expired"},
  {Flaw::skewed,          403, "SignatureDoesNotMatch", "Signature expired: it was not made within 15 minutes of now"},
  {Flaw::url_expired,     403, "SignatureDoesNotMatch", "Signature expired"},
  {Flaw::too_long,        400, "IncompleteSignature",   "X-Amz-Expires must be between 1 and 604800 seconds"},
  {Flaw::header_left_out, 403, "SignatureDoesNotMatch", k_left_out},
  {Flaw::mismatch,        403, "SignatureDoesNotMatch", k_mismatch},
};
constexpr Row k_ssm[] = {
  {Flaw::missing,         400, "MissingAuthenticationTokenException", "Missing Authentication Token"},
  {Flaw::incomplete,      400, "IncompleteSignatureException", "The Authorization header is not a complete signature of version 4"},
  {Flaw::wrong_region,    400, "InvalidSignatureException", "Credential should be scoped to a valid region."},
  {Flaw::unknown_key,     400, "UnrecognizedClientException", "The security token included in the request is invalid."},
  {Flaw::bad_token,       400, "UnrecognizedClientException", "The security token included in the request is invalid."},
  {Flaw::key_expired,     400, "ExpiredTokenException", "The security token included in the request is expired"},
  {Flaw::skewed,          400, "InvalidSignatureException", "Signature expired: it was not made within 15 minutes of now"},
  {Flaw::url_expired,     400, "InvalidSignatureException", "Signature expired"},
  {Flaw::too_long,        400, "IncompleteSignatureException", "X-Amz-Expires must be between 1 and 604800 seconds"},
  {Flaw::header_left_out, 400, "InvalidSignatureException", k_left_out},
  {Flaw::mismatch,        400, "InvalidSignatureException", k_mismatch},
};
constexpr Row k_s3[] = {
  {Flaw::missing,         403, "AccessDenied",          "Access Denied"},
  {Flaw::incomplete,      400, "AuthorizationHeaderMalformed", "The authorization header is malformed."},
  {Flaw::wrong_region,    400, "AuthorizationHeaderMalformed", ""},
  {Flaw::unknown_key,     403, "InvalidAccessKeyId",    "The AWS Access Key Id you provided does not exist in our records."},
  {Flaw::bad_token,       400, "InvalidToken",          "The provided token is malformed or otherwise invalid."},
  {Flaw::key_expired,     400, "ExpiredToken",          "The provided token has expired."},
  {Flaw::skewed,          403, "RequestTimeTooSkewed",  "The difference between the request time and the current time is too large."},
  {Flaw::url_expired,     403, "AccessDenied",          "Request has expired"},
  {Flaw::too_long,        400, "AuthorizationQueryParametersError", "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"},
  {Flaw::header_left_out, 403, "AccessDenied",          k_left_out},
  {Flaw::no_body_hash,    400, "InvalidRequest",        "Missing required header for this request: x-amz-content-sha256"},
  {Flaw::body_hash,       400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."},
  {Flaw::mismatch,        403, "SignatureDoesNotMatch", k_mismatch},
};
// clang-format on

Ec2Error worded(std::span<const Row> rows, Flaw flaw)
{
  const auto row = std::ranges::find(rows, flaw, &Row::flaw);
  return {
    .status = row->status, .code = std::string(row->code), .message = std::string(row->message)};
}

Reply s3_refusal(const Verdict& verdict, const std::string& expected_region, Seconds now,
                 const std::string& request_id)
{
  Ec2Error error = worded(k_s3, verdict.flaw);
  Params extra;
  if (verdict.flaw == Flaw::wrong_region) {
    error.message =
      fmt::format("The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
                  verdict.claim.region, expected_region);
    extra["Region"] = expected_region;
  }
  if (verdict.claim.presigned && error.code == "AuthorizationHeaderMalformed") {
    error.code = "AuthorizationQueryParametersError";
  }
  if (verdict.flaw == Flaw::url_expired || verdict.flaw == Flaw::skewed) {
    extra["ServerTime"] = iso8601(now);
    extra["X-Amz-Expires"] = fmt::format("{}", verdict.claim.valid_for);
  }
  return s3_error_reply(error, request_id, extra);
}

} // namespace

std::string_view service_name(Service service)
{
  constexpr std::string_view k_names[] = {"ec2", "sts", "ssm", "s3", "secretsmanager", "iam"};
  return k_names[static_cast<std::size_t>(service)];
}

Reply refusal(Service service, const Verdict& verdict, const std::string& expected_region,
              Seconds now, const std::string& request_id)
{
  switch (service) {
  case Service::ec2:
    return ec2_error_reply(worded(k_ec2, verdict.flaw), request_id);
  case Service::sts:
    return sts_error_reply(worded(k_sts, verdict.flaw), request_id);
  case Service::iam: // as STS says it
    return iam_error_reply(worded(k_sts, verdict.flaw), request_id);
  case Service::ssm:
  case Service::secrets:
    return ssm_error_reply(worded(k_ssm, verdict.flaw));
  case Service::s3:
    break;
  }
  return s3_refusal(verdict, expected_region, now, request_id);
}

Reply error_reply(Service service, const Ec2Error& error, const std::string& request_id)
{
  switch (service) {
  case Service::ec2:
    return ec2_error_reply(error, request_id);
  case Service::sts:
    return sts_error_reply(error, request_id);
  case Service::iam:
    return iam_error_reply(error, request_id);
  case Service::ssm:
  case Service::secrets:
    return ssm_error_reply(error);
  case Service::s3:
    break;
  }
  return s3_error_reply(error, request_id);
}

} // namespace flame::sandbox
