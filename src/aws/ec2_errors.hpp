#pragma once

#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>

// What an answer of AWS means for the one who asked. The Code decides before the HTTP status:
// InsufficientInstanceCapacity arrives as HTTP 500. To react to an error: a row in
// ec2_error_table.cpp.
//
// Source: EC2 User Guide, "Error codes for the Amazon EC2 API".
namespace flame::aws {

enum class ErrorClass {
  throttle,    // retry, base 1 s
  transient,   // retry, base 50 ms; the request may have had its effect
  capacity,    // next candidate at once
  unsupported, // not offered here: next candidate
  no_type,     // there is no such type: next type
  addresses,   // subnet is full: next candidate
  quota,       // next candidate
  clock,       // correct the clock, once
  credentials, // refresh, once
  signature,
  account,
  permission,
  parameter,
  consistency, // not visible yet: retry, for what was made a moment ago only
  idempotency, // token was used with other parameters or for an ended machine
  dry_run,     // success of a DryRun
  answer,      // AWS answered in a form we do not understand: HTML, too large, cut, a redirect
  endpoint,    // the connection could not be made at all: nothing was sent
  cancelled,   // we stopped waiting
  unknown
};

struct ErrorRule {
  std::string_view code; // exact, or ending in '*': "Invalid*"
  ErrorClass error_class;
  std::string_view hint;         // "": the hint of the class. "{action}" becomes the action's name
  std::string_view message = {}; // the rule is for messages that hold this text only, in any case
};

struct ErrorClassInfo {
  ErrorClass error_class;
  std::string_view name;
  ErrorKind kind;
  bool retry_same;       // the same request may succeed, after a pause
  bool next_candidate;   // another type, subnet or market may succeed
  std::string_view hint; // as in ErrorRule
};

const ErrorClassInfo& info(ErrorClass error_class);

// The table: rules with a message before those without, patterns last.
std::span<const ErrorRule> error_rules();

// An Error with what AWS said. `may_have_happened`: sent, and no answer that denies the effect.
struct ApiError {
  Error error = {};
  ErrorClass error_class = ErrorClass::unknown;
  int http_status = 0;
  bool may_have_happened = false;
  // EC2's encoded explanation of a missing permission (several KB), for STS
  // DecodeAuthorizationMessage. It is not in error.message.
  std::string encoded_message = {};
};

template <typename T> using Outcome = tl::expected<T, ApiError>;

// Code first (exact, then the part before the first dot, then the patterns), HTTP status after.
// `message` only tells apart what shares a code: a clock's SignatureDoesNotMatch from a key's.
// Codes of a StateReason ("Server.InsufficientInstanceCapacity") are read without their first part.
ErrorClass classify(std::string_view code, int http_status, std::string_view message);

// The user's view: sentence, hint, kind. `action` is "RunInstances". `code` may be "" when the
// answer had none.
ApiError api_error(std::string_view action, std::string_view code, std::string_view message,
                   int http_status, std::string_view request_id);

// An answer that nobody could understand; it may have had its effect. `what` continues "AWS's
// answer to RunInstances ": "is cut off".
ApiError answer_error(std::string_view action, std::string_view what, std::string_view hint = {});

} // namespace flame::aws
