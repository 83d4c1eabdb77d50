#pragma once

#include "aws/ec2_errors.hpp"
#include "base/error.hpp"

#include <string>
#include <string_view>

// What doctor says of one thing it looked at. Pure.
namespace flame::boot {

enum class Verdict { ok, warn, fail, skip };

std::string_view name(Verdict verdict); // "ok"

struct Finding {
  std::string check = {}; // "subnet"
  Verdict verdict = Verdict::ok;
  std::string message = {};           // a sentence without final period
  std::string hint = {};              // of each failure: what to do
  ErrorKind kind = ErrorKind::config; // of a failure: its exit status
  std::string permission = {};        // that is missing, of a skip: "ec2:DescribeSubnets"
};

Finding good(std::string_view check, std::string message);
Finding doubtful(std::string_view check, std::string message, std::string hint);
Finding bad(std::string_view check, std::string message, std::string hint,
            ErrorKind kind = ErrorKind::config);
Finding bad(std::string_view check, const Error& error);
Finding skipped(std::string_view check, std::string message);
// A missing right to look is no failure: a boot does without.
Finding refused(std::string_view check, const aws::ApiError& error, std::string_view permission);

} // namespace flame::boot
