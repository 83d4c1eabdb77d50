#include "client/service.hpp"

#include "client/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::client {
namespace {

using aws::ApiError;
using aws::CallLimit;
using aws::ErrorClass;
using aws::Outcome;

ApiError interrupted(std::string_view action, const Cancel& cancel, bool may_have_happened)
{
  ApiError error{
    .error = {.kind = ErrorKind::interrupted, .message = fmt::format("{} was interrupted", action)},
    .error_class = ErrorClass::cancelled,
    .may_have_happened = may_have_happened};
  error.error.signal = cancel.state().signal;
  return error;
}

} // namespace

Service::Service(std::string_view name, ClientOptions options, ClientParts parts)
  : name_(name), options_(std::move(options)), parts_(std::move(parts)),
    keys_(parts_.clock, parts_.find_credentials, parts_.warn)
{
}

ApiError Service::without_keys(const Error& error)
{
  const bool stopped = error.kind == ErrorKind::interrupted;
  return {.error = error, .error_class = stopped ? ErrorClass::cancelled : ErrorClass::credentials};
}

bool Service::was_cancelled(CancelState known) const
{
  const CancelState state = parts_.cancel.state();
  return state.signal != known.signal || state.at_once != known.at_once;
}

Outcome<void> Service::send(const ServiceCall& call, CallLimit limit, const Read& read)
{
  if (options_.no_endpoint) {
    return tl::unexpected(
      ApiError{.error = *options_.no_endpoint, .error_class = ErrorClass::parameter});
  }
  const CancelState known = parts_.cancel.state();
  const int tries = call.once ? 1 : options_.tries;
  std::optional<ErrorClass> last_retry;
  bool may_have_happened = false; // in an earlier try
  for (int retry = 0;; ++retry) {
    auto outcome =
      keep_pace(call, limit, known).and_then([&] { return try_once(call, limit, read); });
    if (outcome) {
      budget_.give_back(last_retry);
      return outcome;
    }
    ApiError& error = outcome.error();
    may_have_happened = may_have_happened || error.may_have_happened;
    error.may_have_happened = may_have_happened;
    if (retry + 1 >= tries) {
      return outcome;
    }
    if (keys_.repair(error)) {
      continue;
    }
    if (!is_retryable(error.error_class) || !budget_.take(error.error_class)) {
      return outcome;
    }
    last_retry = error.error_class;
    if (!wait_for_retry(error, retry, limit, known)) {
      return outcome;
    }
    if (was_cancelled(known)) {
      return tl::unexpected(interrupted(call.action, parts_.cancel, may_have_happened));
    }
  }
}

// What would come too late is sent at once: EC2 knows better than we do.
Outcome<void> Service::keep_pace(const ServiceCall& call, CallLimit limit, CancelState known)
{
  if (call.pace == nullptr) {
    return {};
  }
  const TimePoint now = parts_.clock.now();
  const Millis pause = call.pace->wait(now, call.instances);
  if (pause > Millis(0) && pause < limit.deadline - now) {
    parts_.clock.sleep(pause, parts_.cancel, known);
    if (was_cancelled(known)) {
      return tl::unexpected(interrupted(call.action, parts_.cancel, false));
    }
  }
  call.pace->take(parts_.clock.now(), call.instances);
  return {};
}

void Service::learn_pace(const ServiceCall& call, const ApiError& error) const
{
  if (call.pace == nullptr) {
    return;
  }
  if (!error.may_have_happened) {
    call.pace->give_back(call.instances);
  }
  if (error.error_class == ErrorClass::throttle) {
    call.pace->throttled(parts_.clock.now(), call.instances, error.error.message);
  }
}

QueryCall Service::query_of(const ServiceCall& call) const
{
  return {.action = call.action,
          .service = name_,
          .region = call.region.empty() ? std::string_view(options_.region) : call.region,
          .user_agent = options_.user_agent,
          .endpoint = options_.endpoint,
          .body = call.body,
          .target = call.target,
          .request = call.request,
          .longest_answer = call.longest_answer};
}

Sending Service::sending(const aws::Credentials& credentials, CallLimit limit) const
{
  return {.http = parts_.http,
          .credentials = credentials,
          .time = keys_.time(),
          .limit = limit,
          .cancel = &parts_.cancel};
}

Outcome<void> Service::try_once(const ServiceCall& call, CallLimit limit, const Read& read)
{
  const auto keys = keys_.credentials();
  if (!keys) {
    const ApiError error = without_keys(keys.error());
    learn_pace(call, error);
    return tl::unexpected(error);
  }
  return take(call, exchange(query_of(call), sending(*keys, limit)), read);
}

Outcome<void> Service::take(const ServiceCall& call, const Exchange& exchanged, const Read& read)
{
  if (call.heard && exchanged.status != 0) {
    call.heard(exchanged.headers);
  }
  Outcome<void> outcome = tl::unexpected(ApiError{});
  if (!exchanged.body) {
    outcome = tl::unexpected(exchanged.body.error());
  } else if (outcome = read(*exchanged.body);
             !outcome && outcome.error().error_class == ErrorClass::answer) {
    outcome.error() =
      name_source(std::move(outcome.error()), query_of(call), exchanged.status, *exchanged.body);
  }
  if (outcome || !outcome.error().error.aws_code.empty()) { // AWS's own word, not a proxy's
    keys_.learn(exchanged);
  }
  if (!outcome) {
    keys_.refine(outcome.error());
    explain(outcome.error());
    learn_pace(call, outcome.error());
  }
  return outcome;
}

// Once is enough: a refusal is not tried again.
void Service::explain(ApiError& error) const
{
  if (error.encoded_message.empty() || !parts_.decode) {
    return;
  }
  const auto decoded = parts_.decode(error.encoded_message);
  const std::string hint = decoded ? hint_of_refusal(*decoded) : std::string();
  error.error.hint = hint.empty() ? error.error.hint : hint;
}

// False when the deadline comes before the next try.
bool Service::wait_for_retry(const ApiError& error, int retry, CallLimit limit, CancelState known)
{
  const Millis pause =
    retry_pause(error.error_class, retry, parts_.random.fraction(), error.error.retry_after);
  if (limit.deadline - parts_.clock.now() <= pause) {
    return false;
  }
  parts_.clock.sleep(pause, parts_.cancel, known);
  return true;
}

} // namespace flame::client
