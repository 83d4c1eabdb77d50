#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

// The launches of step(): which token, which candidate, when again.
namespace flame::boot::parts {
namespace {

using aws::ErrorClass;
using std::chrono::milliseconds;
using std::chrono::seconds;

// EC2 may take back so many machines for reasons of its own before we believe it.
constexpr int k_replacements = 2;

// A token is used for one launch only. A launch that may have had its effect keeps its token and
// its bytes, else it could make a second machine.
void take_new_token(State& state)
{
  state.tries = 0;
  state.lost = 0;
  state.watched.clear();
  state.machines.clear();
  state.result.clear();
  state.stages.clear();
  state.asked.clear();
  state.ready.clear();
  if (state.unsure.empty()) {
    ++state.token;
  }
}

// Another launch may only follow when no machine of an earlier one can live.
bool may_launch_another(const State& state)
{
  return state.alive.empty() && state.unsure.empty();
}

Error no_candidate_left(const State& state, const Plan& plan, const Error& last)
{
  if (plan.candidates.size() == 1) {
    return last;
  }
  Error error = last;
  const std::size_t untried = plan.candidates.size() - state.attempts.size();
  error.message = fmt::format(
    "none of {} candidates could be launched{}", plan.candidates.size(),
    untried == 0 ? "" : fmt::format("; {} of them need not be tried after what EC2 said", untried));
  for (const Attempt& attempt : state.attempts) {
    error.also.push_back(
      {fmt::format("{}: {}", describe(plan.candidates.at(attempt.candidate)), attempt.message)});
  }
  return error;
}

// The first behind the one that was tried of which nothing tells that EC2 would say the same.
std::size_t first_hopeful(const State& state, const Plan& plan)
{
  const auto hopeless = [&](const Candidate& other) {
    return std::ranges::any_of(state.attempts, [&](const Attempt& attempt) {
      return is_ruled_out(other, {.candidate = plan.candidates.at(attempt.candidate),
                                  .error_class = attempt.error_class,
                                  .code = attempt.code});
    });
  };
  std::size_t next = state.candidate + 1;
  while (next < plan.candidates.size() && hopeless(plan.candidates.at(next))) {
    ++next;
  }
  return next;
}

Step next_candidate(State state, const Error& error, aws::ErrorClass error_class, const Plan& plan,
                    TimePoint now)
{
  state.attempts.push_back({state.candidate, error_class, error.aws_code, error.message});
  const std::size_t next = first_hopeful(state, plan);
  if (next == plan.candidates.size()) {
    const Error why = no_candidate_left(state, plan, error);
    return give_up(std::move(state), why, now, plan);
  }
  if (!may_launch_another(state)) {
    return give_up(std::move(state), error, now, plan);
  }
  state.candidate = next;
  take_new_token(state);
  const Launch launch = launch_of(state);
  return {std::move(state), launch};
}

// nullopt: the same request may not succeed.
std::optional<Step> same_again(State& state, const aws::ApiError& error)
{
  const Launch same = launch_of(state);
  switch (error.error_class) {
  case ErrorClass::throttle:
    return again(std::move(state), same, seconds(1), seconds(20));
  case ErrorClass::transient:
  case ErrorClass::endpoint:
  case ErrorClass::answer:
    if (++state.lost < k_network_tries) {
      return again(std::move(state), same, milliseconds(200), seconds(5));
    }
    return std::nullopt;
  case ErrorClass::idempotency: // the token's machine has been ended: why, its state reason says
    if (error.error.aws_code == k_instance_ended) {
      const int token = state.token;
      state.next = Lookup{{token}};
      return resume(std::move(state));
    }
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

// Of a StateReason: what a refusal of that code would be; unknown when it is another matter.
ErrorClass want_of_capacity(const std::string& code)
{
  if (code.starts_with("Server.Insufficient")) {
    return ErrorClass::capacity;
  }
  const ErrorClass of_code = code.empty() ? ErrorClass::unknown : aws::classify(code, 0, "");
  return aws::info(of_code).next_candidate ? of_code : ErrorClass::unknown;
}

} // namespace

Launch launch_of(const State& state)
{
  return {.candidate = state.candidate, .token = state.token, .render = state.render};
}

Step launch_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  if (auto step = same_again(state, error)) {
    return std::move(*step);
  }
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    if (state.unsure.empty()) { // the URL inside was signed by what has just been refused
      ++state.render;
    }
    take_new_token(state);
    state.next = launch_of(state);
    return {std::move(state), Renew{error.error_class}};
  }
  if (aws::info(error.error_class).next_candidate) {
    return next_candidate(std::move(state), error.error, error.error_class, plan, now);
  }
  return give_up(std::move(state), error.error, now, plan);
}

Step machine_ended(State state, const aws::Instance& machine, const Plan& plan, TimePoint now)
{
  const std::string& code = machine.state_reason_code;
  state.watched = machine.id;
  Error error{.kind = ErrorKind::refused,
              .message = fmt::format("{} is {}: {}", machine.id, aws::name(machine.state),
                                     machine.state_reason.empty() ? "EC2 gave no reason"
                                                                  : machine.state_reason),
              .aws_code = code};
  // A machine that is only stopped can start again, and one that is reported has its user.
  const bool replaceable = is_ended(machine.state) && may_launch_another(state) && !state.reported;
  if (const ErrorClass want = want_of_capacity(code); want != ErrorClass::unknown) {
    error.kind = ErrorKind::capacity;
    return replaceable ? next_candidate(std::move(state), error, want, plan, now)
                       : give_up(std::move(state), error, now, plan);
  }
  if (code.starts_with("Server.") && replaceable && state.replacements < k_replacements) {
    ++state.replacements;
    take_new_token(state);
    const Launch launch = launch_of(state);
    return again(std::move(state), launch, seconds(1), seconds(5));
  }
  if (code == "Client.InstanceInitiatedShutdown") {
    error.kind = ErrorKind::bootstrap;
    error.hint = "the machine powered itself off while it booted; its console says why";
  } else if (code == "Client.UserInitiatedShutdown") {
    error.hint = "somebody ended it on purpose, so it is not replaced";
  }
  return give_up(std::move(state), error, now, plan);
}

} // namespace flame::boot::parts
