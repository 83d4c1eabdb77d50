#include "base/error.hpp"

#include <algorithm>
#include <iterator>

namespace flame {
namespace {

// clang-format off
// The one table of exit statuses. Ordered as the enum.
constexpr ErrorKindInfo k_error_kinds[] = {
  {ErrorKind::usage,       "usage",         2, false, "the command line is not valid"},
  {ErrorKind::config,      "config",        3, false, "a setting is missing or not valid"},
  {ErrorKind::credentials, "credentials",   4, false, "no usable AWS credentials"},
  {ErrorKind::refused,     "refused",       1, false, "AWS refused the request"},
  {ErrorKind::denied,      "denied",        5, false, "the credentials lack a permission"},
  {ErrorKind::capacity,    "capacity",      6, true,  "no capacity or quota for any candidate"},
  {ErrorKind::network,     "network",       7, true,  "AWS could not be reached"},
  {ErrorKind::throttled,   "throttled",     7, true,  "AWS throttled the request to the end"},
  {ErrorKind::timeout,     "timeout",       8, true,  "the boot timeout has passed"},
  {ErrorKind::bootstrap,   "bootstrap",     9, false, "the machine's bootstrap failed"},
  {ErrorKind::leftover,    "leftover",     10, false, "something may still live; it is named"},
  {ErrorKind::found,       "found",        11, false, "gc --exit-code has found something"},
  {ErrorKind::command,     "command",     125, false, "run, wait: flame-ec2 itself failed; any other is that of the command"},
  {ErrorKind::interrupted, "interrupted", 128, false, "ended by a signal (128 + its number)"},
  {ErrorKind::output,      "output",       74, false, "the result could not be written"},
  {ErrorKind::internal,    "internal",     70, false, "a bug in flame-ec2"},
};
// clang-format on
static_assert(std::size(k_error_kinds) == static_cast<std::size_t>(ErrorKind::internal) + 1);

} // namespace

const ErrorKindInfo& info(ErrorKind kind)
{
  return k_error_kinds[static_cast<std::size_t>(kind)];
}

const std::vector<ErrorKindInfo>& error_kinds()
{
  static const std::vector<ErrorKindInfo> rows = [] {
    std::vector<ErrorKindInfo> sorted(std::begin(k_error_kinds), std::end(k_error_kinds));
    std::ranges::stable_sort(sorted, {}, &ErrorKindInfo::exit_status);
    return sorted;
  }();
  return rows;
}

int exit_status_beside_command(const Error& error)
{
  if (error.kind == ErrorKind::command) {
    return error.status;
  }
  return error.kind == ErrorKind::interrupted ? info(error.kind).exit_status + error.signal
                                              : info(ErrorKind::command).exit_status;
}

int exit_status(const Error& error)
{
  if (!error.instances.empty()) {
    return info(ErrorKind::leftover).exit_status;
  }
  if (error.kind == ErrorKind::command) {
    return error.status;
  }
  const int status = info(error.kind).exit_status;
  return error.kind == ErrorKind::interrupted ? status + error.signal : status;
}

tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint)
{
  return tl::unexpected(
    Error{.kind = kind, .message = std::move(message), .hint = std::move(hint)});
}

void Mistakes::add(std::string message, std::string hint)
{
  found_.push_back({std::move(message), std::move(hint)});
}

void Mistakes::add(const Error& error)
{
  found_.push_back({error.message, error.hint});
  found_.insert(found_.end(), error.also.begin(), error.also.end());
}

Error Mistakes::error() const
{
  Error error{.kind = kind_, .message = found_.front().message, .hint = found_.front().hint};
  error.also.assign(found_.begin() + 1, found_.end());
  return error;
}

} // namespace flame
