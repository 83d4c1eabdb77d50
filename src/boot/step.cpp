#include "boot/step.hpp"

#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using namespace parts;
using aws::ErrorClass;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The same launch is sent so often when AWS cannot be reached or answers in no known form.
constexpr int k_network_tries = 4;
// EC2 may take back so many machines for reasons of its own before we believe it.
constexpr int k_replacements = 2;

std::string_view signal_name(int signal) // POSIX's numbers of the three that are caught
{
  return signal == 1 ? "SIGHUP" : signal == 2 ? "SIGINT" : "SIGTERM";
}

Error timed_out(const State& state, const Plan& plan)
{
  const bool waited_for_aws =
    state.alive.empty() && state.last_failure
    && (!state.greeted || state.last_failure->kind == ErrorKind::throttled);
  if (waited_for_aws) {
    Error error = *state.last_failure;
    error.message +=
      fmt::format(", until the boot timeout of {} had passed", format_duration(plan.boot_timeout));
    return error;
  }
  return {.kind = ErrorKind::timeout,
          .message = fmt::format("the machine was not running within the boot timeout of {}",
                                 format_duration(plan.boot_timeout)),
          .hint = "give it more time with --boot-timeout"};
}

// A token is used for one launch only. A launch that may have had its effect keeps its token and
// its bytes, else it could make a second machine.
void take_new_token(State& state)
{
  state.tries = 0;
  state.watched.clear();
  if (state.unsure.empty()) {
    ++state.token;
  }
}

Error no_candidate_left(const State& state, const Plan& plan, const Error& last)
{
  if (state.attempts.size() == 1) {
    return last;
  }
  Error error = last;
  error.message = fmt::format("none of {} candidates could be launched", state.attempts.size());
  for (const Attempt& attempt : state.attempts) {
    error.also.push_back(
      {fmt::format("{}: {}", describe(plan.candidates.at(attempt.candidate)), attempt.message)});
  }
  return error;
}

Step next_candidate(State state, const Error& error, const Plan& plan, TimePoint now)
{
  state.attempts.push_back({state.candidate, error.aws_code, error.message});
  if (state.candidate + 1 == plan.candidates.size()) {
    const Error why = no_candidate_left(state, plan, error);
    return give_up(std::move(state), why, now, plan);
  }
  ++state.candidate;
  take_new_token(state);
  const Launch launch = launch_of(state);
  return {std::move(state), launch};
}

// EC2 has ended the machine, or is about to.
Step machine_ended(State state, const aws::Instance& machine, const Plan& plan, TimePoint now)
{
  const std::string& code = machine.state_reason_code;
  Error error{.kind = ErrorKind::refused,
              .message = fmt::format("{} is {}: {}", machine.id, aws::name(machine.state),
                                     machine.state_reason.empty() ? "EC2 gave no reason"
                                                                  : machine.state_reason),
              .aws_code = code};
  if (code.starts_with("Server.Insufficient")) {
    error.kind = ErrorKind::capacity;
    return next_candidate(std::move(state), error, plan, now);
  }
  if (code.starts_with("Server.") && state.replacements < k_replacements) {
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

Step watch(State state, const std::vector<aws::Instance>& seen, const Plan& plan, TimePoint now)
{
  using enum aws::InstanceState;
  state.tries = 0;
  if (!seen.empty()) {
    const aws::Instance& machine = seen.front();
    const bool has_left =
      is_ended(machine.state) || machine.state == stopping || machine.state == stopped;
    if (has_left) {
      return machine_ended(std::move(state), machine, plan, now);
    }
    if (machine.state == running || plan.wait_for == config::WaitFor::launched) {
      return {std::move(state), Finish{Done{machine}}};
    }
  }
  const Millis pause = std::min<Millis>(milliseconds(500) * (2 + state.polls), seconds(5));
  ++state.polls;
  state.next = Describe{state.alive};
  return {std::move(state), Wait{.base = pause, .jitter = false}};
}

Step launch_first(State state)
{
  state.greeted = true;
  state.tries = 0;
  const Launch launch = launch_of(state);
  return {std::move(state), launch};
}

Step launch_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  const Launch same = launch_of(state);
  switch (error.error_class) {
  case ErrorClass::throttle:
    return again(std::move(state), same, seconds(1), seconds(20));
  case ErrorClass::transient:
  case ErrorClass::endpoint:
  case ErrorClass::answer:
    if (state.tries + 1 < k_network_tries) {
      return again(std::move(state), same, milliseconds(200), seconds(5));
    }
    break;
  case ErrorClass::idempotency: // the token's machine has been ended: why, its state reason says
    if (error.error.aws_code == k_instance_ended) {
      const int token = state.token;
      return {std::move(state), Lookup{{token}}};
    }
    break;
  default:
    break;
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
    return next_candidate(std::move(state), error.error, plan, now);
  }
  return give_up(std::move(state), error.error, now, plan);
}

Step look_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  const Action look =
    state.alive.empty() ? Action(Lookup{{state.token}}) : Action(Describe{state.alive});
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    state.next = look;
    return {std::move(state), Renew{error.error_class}};
  }
  const bool passes =
    aws::info(error.error_class).retry_same || error.error_class == ErrorClass::endpoint;
  if (state.greeted && passes) { // the machine is there; EC2 will tell again
    return again(std::move(state), look, seconds(1), seconds(5));
  }
  if (error.error_class == ErrorClass::throttle) { // only EC2 says so: the greeting has its answer
    return launch_first(std::move(state));
  }
  return give_up(std::move(state), error.error, now, plan);
}

struct Judge {
  State& state;
  const Plan& plan;
  TimePoint now;

  Step operator()(const Begin&) const
  {
    const int token = state.token;
    return {std::move(state), Lookup{{token}}};
  }
  Step operator()(const Elapsed&) const
  {
    Action next = state.next;
    return {std::move(state), std::move(next)};
  }
  Step operator()(const Launched& launched) const
  {
    if (launched.instances.empty()) {
      const Launch same = launch_of(state);
      return again(std::move(state), same, milliseconds(200), seconds(5));
    }
    return watch(std::move(state), launched.instances, plan, now);
  }
  Step operator()(const LaunchFailed& failed) const
  {
    return launch_failed(std::move(state), failed.error, plan, now);
  }
  Step operator()(const Described& described) const
  {
    if (!state.greeted) {
      return launch_first(std::move(state));
    }
    if (state.alive.empty() && described.instances.empty()) { // the token's machine has faded
      const Error why = *state.last_failure;
      return give_up(std::move(state), why, now, plan);
    }
    return watch(std::move(state), described.instances, plan, now);
  }
  Step operator()(const DescribeFailed& failed) const
  {
    return look_failed(std::move(state), failed.error, plan, now);
  }
  Step operator()(const Terminated&) const { return (*this)(Elapsed{}); }
  Step operator()(const TerminateFailed&) const { return (*this)(Elapsed{}); }
  Step operator()(const ConsoleRead&) const { return (*this)(Elapsed{}); }
  Step operator()(const ConsoleFailed&) const { return (*this)(Elapsed{}); }
  Step operator()(const Renewed& renewed) const
  {
    return renewed.error ? give_up(std::move(state), *renewed.error, now, plan)
                         : (*this)(Elapsed{});
  }
};

} // namespace

Step step(State state, const Event& event, const Plan& plan, TimePoint now, CancelState cancel)
{
  note(state, event, plan, now);
  if (cancel.at_once) {
    return leave(std::move(state), plan);
  }
  if (state.why) {
    return go_on_ending(std::move(state), event, plan, now);
  }
  if (cancel.signal != 0) {
    return give_up(std::move(state),
                   {.kind = ErrorKind::interrupted,
                    .message = fmt::format("interrupted by {}", signal_name(cancel.signal)),
                    .signal = cancel.signal},
                   now, plan);
  }
  if (now >= state.deadline) {
    const Error why = timed_out(state, plan);
    return give_up(std::move(state), why, now, plan);
  }
  return std::visit(Judge{state, plan, now}, event);
}

} // namespace flame::boot
