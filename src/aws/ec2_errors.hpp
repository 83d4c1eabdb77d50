#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

// What an answer of AWS means for the one who asked. The Code decides before the HTTP status:
// InsufficientInstanceCapacity arrives as HTTP 500.
//
// Source: EC2 User Guide, "Error codes for the Amazon EC2 API".
namespace flame::aws {

enum class ErrorClass {
  throttle,    // retry, base 1 s
  transient,   // retry, base 50 ms; the request may have had its effect
  capacity,    // next candidate at once
  unsupported, // not offered here: next candidate
  addresses,   // subnet is full: next candidate
  quota,       // next candidate
  clock,       // correct the clock, once
  credentials, // refresh, once
  signature,
  account,
  permission,
  parameter,
  consistency, // not visible yet
  idempotency, // token was used with other parameters or for an ended machine
  dry_run,     // success of a DryRun
  answer,      // AWS answered in a form we do not understand: HTML, too large, cut, a redirect
  endpoint,    // the connection could not be made at all: nothing was sent
  cancelled,   // we stopped waiting
  unknown
};

struct ErrorRule {
  std::string_view code;   // exact, or ending in '*': "Invalid*"
  ErrorClass error_class;
  std::string_view hint;   // may be empty
};

struct ErrorClassInfo {
  ErrorClass error_class;
  std::string_view name;
  ErrorKind kind;
  bool retry_same;     // the same request may succeed
  bool next_candidate; // another type, subnet or market may succeed
  std::string_view hint;
};

const ErrorClassInfo& info(ErrorClass error_class);

// An Error with what AWS said. `may_have_happened`: sent, and no answer that denies the effect.
struct ApiError {
  Error error = {};
  ErrorClass error_class = ErrorClass::unknown;
  int http_status = 0;
  bool may_have_happened = false;
};

template <typename T> using Outcome = tl::expected<T, ApiError>;

// Code first (exact, then the part before the first dot, then the patterns), HTTP status after.
// `message` only tells the clock's SignatureDoesNotMatch from the key's.
ErrorClass classify(std::string_view code, int http_status, std::string_view message);

// The user's view: sentence, hint, kind. `action` is "RunInstances".
ApiError api_error(std::string_view action, std::string_view code, std::string_view message,
                   int http_status, std::string_view request_id);

} // namespace flame::aws
