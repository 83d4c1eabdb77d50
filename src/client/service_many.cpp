#include "client/service.hpp"

#include <numeric>
#include <optional>

namespace flame::client {

using aws::ApiError;
using aws::CallLimit;
using aws::ErrorClass;
using aws::Outcome;

namespace {

void fail_all(std::span<const std::size_t> which, const ApiError& error,
              std::vector<Outcome<std::string>>& outcomes)
{
  for (const std::size_t i : which) {
    outcomes[i] = tl::unexpected(error);
  }
}

// The failure that asks for the longest pause; nullptr: nobody has to wait.
const ApiError* slowest(std::span<const std::size_t> which,
                        const std::vector<Outcome<std::string>>& outcomes)
{
  const ApiError* found = nullptr;
  for (const std::size_t i : which) {
    const ApiError& error = outcomes[i].error();
    const bool throttled = error.error_class == ErrorClass::throttle;
    if (is_retryable(error.error_class) && (found == nullptr || throttled)) {
      found = &error;
    }
  }
  return found;
}

bool is_of_keys(const ApiError& error)
{
  return error.error_class == ErrorClass::credentials || error.error_class == ErrorClass::clock;
}

} // namespace

void Service::try_all(std::span<const ServiceCall> calls, std::span<const std::size_t> which,
                      CallLimit limit, std::vector<Outcome<std::string>>& outcomes)
{
  const auto keys = keys_.credentials();
  if (!keys) {
    return fail_all(which, without_keys(keys.error()), outcomes);
  }
  parts_.http.send_all(
    {.size = which.size(),
     .request =
       [&](std::size_t i) {
         return signed_request(query_of(calls[which[i]]), sending(*keys, limit));
       },
     .done =
       [&](std::size_t i, io::HttpAnswer answer) {
         const ServiceCall& call = calls[which[i]];
         Exchange exchanged = read_answer(query_of(call), std::move(answer), &parts_.cancel);
         const auto done = take(call, exchanged, [](std::string_view) { return Outcome<void>(); });
         outcomes[which[i]] = done ? std::move(exchanged.body) : tl::unexpected(done.error());
       }});
}

std::vector<Outcome<std::string>> Service::call_all(std::span<const ServiceCall> calls,
                                                    CallLimit limit)
{
  std::vector<Outcome<std::string>> outcomes(calls.size(), tl::unexpected(ApiError{}));
  std::vector<std::size_t> open(calls.size());
  std::iota(open.begin(), open.end(), 0);
  if (options_.no_endpoint) {
    fail_all(open, {.error = *options_.no_endpoint, .error_class = ErrorClass::parameter},
             outcomes);
    return outcomes;
  }
  const CancelState known = parts_.cancel.state();
  for (int retry = 0; !open.empty(); ++retry) {
    try_all(calls, open, limit, outcomes);
    open = worth_another_try(open, outcomes, retry);
    const ApiError* failed = slowest(open, outcomes);
    const bool in_time = failed == nullptr || wait_for_retry(*failed, retry, limit, known);
    if (!in_time || was_cancelled(known)) {
      break; // with what they have failed of
    }
  }
  return outcomes;
}

// Those that have failed of what passes, or of keys that are put right by now.
std::vector<std::size_t>
Service::worth_another_try(std::span<const std::size_t> which,
                           const std::vector<Outcome<std::string>>& outcomes, int retry)
{
  std::vector<std::size_t> again;
  std::optional<bool> repaired; // once for all of them
  for (const std::size_t i : which) {
    if (outcomes[i]) {
      budget_.give_back(std::nullopt);
      continue;
    }
    const ApiError& error = outcomes[i].error();
    if (retry + 1 >= options_.tries) {
      continue;
    }
    if (is_of_keys(error) && !repaired) {
      repaired = keys_.repair(error);
    }
    const bool retryable = is_retryable(error.error_class) && budget_.take(error.error_class);
    if (retryable || (is_of_keys(error) && *repaired)) {
      again.push_back(i);
    }
  }
  return again;
}

} // namespace flame::client
