#include "boot/step.hpp"

#include "base/signal_name.hpp"
#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using namespace parts;
using aws::ErrorClass;
using std::chrono::seconds;

// After a call that ran over the deadline there is still so much time to end the machine.
constexpr Millis k_least_grace = seconds(10);

Error interrupted(CancelState cancel)
{
  return {.kind = ErrorKind::interrupted,
          .message = cancel.left
                       ? "standard input has ended before it said up, so nobody wants the machine"
                       : fmt::format("interrupted by {}", signal_name(cancel.signal)),
          .signal = cancel.signal};
}

std::string unfinished(const State& state, const Plan& plan)
{
  const bool runs = !state.asked.empty();
  if (plan.count == 1) {
    return runs ? "the release was not ready" : "the machine was not running";
  }
  return runs ? fmt::format("{} of {} releases were not ready", state.wanted - state.ready.size(),
                            state.wanted)
              : fmt::format("not all of {} machines were running", state.wanted);
}

// Whose last words tell why it took so long.
std::string slowest(const State& state)
{
  const auto slow = std::ranges::find_if(state.machines, [&](const aws::Instance& machine) {
    return state.asked.empty() ? machine.state != aws::InstanceState::running
                               : !state.ready.contains(machine.id);
  });
  return slow == state.machines.end() ? state.watched : slow->id;
}

Error timed_out(const State& state, const Plan& plan)
{
  const std::string limit = format_duration(plan.boot_timeout);
  const bool waited_for_aws =
    state.launching && state.last_failure
    && (!state.greeted || state.last_failure->kind == ErrorKind::throttled);
  if (waited_for_aws) {
    Error error = *state.last_failure;
    error.message += fmt::format(", until the boot timeout of {} had passed", limit);
    return error;
  }
  Error error{.kind = ErrorKind::timeout,
              .message =
                fmt::format("{} within the boot timeout of {}", unfinished(state, plan), limit),
              .hint = "give it more time with --boot-timeout"};
  if (state.reported) {
    error.message = fmt::format(
      "the attached caller has not said up within the boot timeout of {}, so it is not satisfied",
      limit);
  } else if (state.launching) {
    const std::string had = state.alive.empty() ? "no machine was"
                                                : fmt::format("only {} of {} machines were",
                                                              state.alive.size(), plan.count);
    error.message =
      fmt::format("{} launched within the boot timeout of {}{}", had, limit,
                  state.last_failure ? ": " + state.last_failure->message : std::string());
  }
  return error;
}

Step launch_first(State state)
{
  state.greeted = true;
  state.launching = state.alive.empty();
  state.tries = 0;
  return resume(std::move(state));
}

// The machine is there, or the token's was; EC2 will tell again.
bool may_look_again(State& state, const aws::ApiError& error)
{
  if (error.error_class == ErrorClass::answer) {
    return ++state.lost < k_network_tries;
  }
  return aws::info(error.error_class).retry_same;
}

Step look_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  const Action look = look_of(state);
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    state.next = look;
    return {std::move(state), Renew{error.error_class}};
  }
  if (state.greeted && may_look_again(state, error)) {
    return again(std::move(state), look, seconds(1), seconds(5));
  }
  if (!state.greeted && error.error_class == ErrorClass::throttle) {
    return launch_first(std::move(state)); // only EC2 says so: the greeting has its answer
  }
  return give_up(std::move(state), error.error, now, plan);
}

struct Judge {
  State& state;
  const Plan& plan;
  TimePoint now;

  Step operator()(const Begin& /*unused*/) const { return resume(std::move(state)); }
  Step operator()(const Elapsed& /*unused*/) const { return resume(std::move(state)); }
  Step operator()(const Launched& launched) const
  {
    if (launched.instances.empty()) { // an answer that says nothing is as good as none
      const aws::ApiError nothing = aws::answer_error("RunInstances", "names no machine");
      return (*this)(LaunchFailed{nothing});
    }
    return state.launching ? parts::launched(std::move(state), launched.instances, plan, now)
                           : watch(std::move(state), launched.instances, plan, now);
  }
  Step operator()(const LaunchFailed& failed) const
  {
    if (!state.greeted || !state.launching) { // nobody stands at a launch
      return resume(std::move(state));
    }
    return launch_failed(std::move(state), failed.error, plan, now);
  }
  Step operator()(const Described& described) const
  {
    if (!state.greeted) {
      return launch_first(std::move(state));
    }
    const bool looks_for_any = state.launching || state.alive.empty();
    if (looks_for_any && described.instances.empty()) { // the token's machine has faded
      const Error why = state.last_failure.value_or(
        Error{.kind = ErrorKind::refused, .message = "EC2 no longer shows what was launched"});
      return give_up(std::move(state), why, now, plan);
    }
    state.launching = false;
    return watch(std::move(state), described.instances, plan, now);
  }
  Step operator()(const DescribeFailed& failed) const
  {
    return look_failed(std::move(state), failed.error, plan, now);
  }
  Step operator()(const Terminated& /*unused*/) const
  {
    if (!state.launching && state.alive.empty()) {
      const Error why{.kind = ErrorKind::refused, .message = "the machine was ended"};
      return give_up(std::move(state), why, now, plan);
    }
    return resume(std::move(state));
  }
  Step operator()(const TerminateFailed& /*unused*/) const { return resume(std::move(state)); }
  Step operator()(const ConsoleRead& /*unused*/) const { return resume(std::move(state)); }
  Step operator()(const ConsoleFailed& /*unused*/) const { return resume(std::move(state)); }
  Step operator()(const Heard& it) const
  {
    const bool listens = !state.asked.empty() && !state.reported;
    return listens ? heard(std::move(state), it, plan, now) : resume(std::move(state));
  }
  Step operator()(const Renewed& renewed) const
  {
    return renewed.error ? give_up(std::move(state), *renewed.error, now, plan)
                         : resume(std::move(state));
  }
  Step operator()(const Reported& /*unused*/) const
  {
    return state.reported ? look_later(std::move(state)) : resume(std::move(state));
  }
  Step operator()(const ReportFailed& failed) const
  {
    return give_up(std::move(state), failed.error, now, plan);
  }
};

// Only the machines that are wanted may live.
bool has_strays(const State& state)
{
  const auto is_reported = [&](const std::string& id) {
    return std::ranges::find(state.result, id, &aws::Instance::id) != state.result.end();
  };
  return state.alive.size() > state.wanted
         || (state.reported && !std::ranges::all_of(state.alive, is_reported));
}

bool is_of_launch(const Event& event)
{
  return std::holds_alternative<Launched>(event) || std::holds_alternative<LaunchFailed>(event);
}

} // namespace

Step step(State state, const Event& event, const Plan& plan, TimePoint now, CancelState cancel)
{
  state.notes.clear();
  note(state, event, plan, now);
  if (!std::holds_alternative<Elapsed>(event) && !std::holds_alternative<Renewed>(event)) {
    state.next.reset(); // what was delayed belongs to what was known before
  }
  if (cancel.at_once) {
    return leave(std::move(state), plan);
  }
  if (state.why) {
    if (cancel.signal != 0 && state.words == Words::before) {
      state.words = Words::after; // whoever is in a hurry wants the machine ended first
    }
    return go_on_ending(std::move(state), event, plan, now);
  }
  if (has_strays(state)) {
    const Error why{.kind = ErrorKind::refused,
                    .message = fmt::format("EC2 shows {} machines for {}: {}", state.alive.size(),
                                           state.wanted, fmt::join(state.alive, ", "))};
    return give_up(std::move(state), why, now, plan);
  }
  if (state.reported && cancel.satisfied) { // from here on the machines are the caller's
    Done done{state.result};
    return {std::move(state), Finish{std::move(done)}};
  }
  if (cancel.signal != 0) {
    // A launch in flight has used up a part of the grace.
    const TimePoint since = is_of_launch(event) ? now - k_launch_patience : now;
    return give_up(std::move(state), interrupted(cancel), now, plan, since);
  }
  if (now >= state.deadline) {
    const Error why = timed_out(state, plan);
    state.watched = state.launching ? "" : slowest(state);
    const TimePoint since = std::max(state.deadline, now - (k_grace - k_least_grace));
    return give_up(std::move(state), why, now, plan, std::min(since, now));
  }
  return std::visit(Judge{state, plan, now}, event);
}

} // namespace flame::boot
