#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The one error type of the program. Code branches on the kind, never on the message.
namespace flame {

using Millis = std::chrono::milliseconds;

// What went wrong, from the caller's point of view. Each kind has one exit status.
enum class ErrorKind {
  usage,
  config,
  credentials,
  refused,
  denied,
  capacity,
  network,
  throttled,
  timeout,
  bootstrap,
  leftover,
  found,
  command,
  interrupted,
  output,
  internal
};

// One more mistake of the same kind, found in the same run.
struct Mistake {
  std::string message = {};
  std::string hint = {};
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message = {};                // one sentence, no final period, names the thing
  std::string hint = {};                   // what the user can do next; may be empty
  std::string aws_code = {};               // AWS's error code, "" when AWS did not answer
  std::string request_id = {};             // AWS's request id, for support cases
  std::string run_id = {};                 // the run it happened in, when there was one
  std::string stage = {};                  // stage of the machine, when one was seen
  std::optional<Millis> retry_after = {};  // how long to wait before the same call
  std::vector<std::string> instances = {}; // ids of machines that may still run
  std::vector<Mistake> also = {};          // further mistakes: all are reported at once
  int signal = 0;                          // for ErrorKind::interrupted
  int status = 0;                          // for ErrorKind::command: of the command itself
  // The result on stdout holds it: of a command that could do a part of its work. Without a message
  // nothing but the status is left to be said.
  bool in_result = false;
};

template <typename T> using Result = tl::expected<T, Error>; // std::expected from g++ 13 on

struct ErrorKindInfo {
  ErrorKind kind;
  std::string_view name;    // "capacity": what `--output json` prints
  int exit_status;          // for interrupted: 128, to which the signal is added; for command:
                            // when it is not known
  bool retryable;           // the same command may succeed later
  std::string_view meaning; // line in the man page's EXIT STATUS and the README
};

// Never fails: every kind has a row. To add an exit status: a row in error.cpp.
const ErrorKindInfo& info(ErrorKind kind);

// All rows in order of exit status, for the man page, `--help` and the README.
const std::vector<ErrorKindInfo>& error_kinds();

// Of a command whose own failures are not to be mistaken for those of what it runs: 128+n when a
// signal ended it, else 125.
int exit_status_beside_command(const Error& error);

// 10 when machines may still run, else the status of the kind.
int exit_status(const Error& error);

tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {});

// Gathers mistakes, so that all are reported in one run.
class Mistakes {
public:
  explicit Mistakes(ErrorKind kind) : kind_(kind) {}
  void add(std::string message, std::string hint = {});
  void add(const Error& error); // with all it holds in `also`
  bool empty() const { return found_.empty(); }
  // The first mistake is the error, the rest is in `also`. Not to be called when empty.
  Error error() const;

private:
  ErrorKind kind_;
  std::vector<Mistake> found_ = {};
};

} // namespace flame
