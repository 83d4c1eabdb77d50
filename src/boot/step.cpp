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

// After a call that ran over the deadline there is still so much time to end the machine.
constexpr Millis k_least_grace = seconds(10);

std::string_view signal_name(int signal) // POSIX's numbers of the three that are caught
{
  return signal == 1 ? "SIGHUP" : signal == 2 ? "SIGINT" : "SIGTERM";
}

Error interrupted(CancelState cancel)
{
  return {.kind = ErrorKind::interrupted,
          .message = cancel.left
                       ? "standard input has ended before it said up, so nobody wants the machine"
                       : fmt::format("interrupted by {}", signal_name(cancel.signal)),
          .signal = cancel.signal};
}

Error timed_out(const State& state, const Plan& plan)
{
  const std::string limit = format_duration(plan.boot_timeout);
  const bool waited_for_aws =
    state.alive.empty() && state.last_failure
    && (!state.greeted || state.last_failure->kind == ErrorKind::throttled);
  if (waited_for_aws) {
    Error error = *state.last_failure;
    error.message += fmt::format(", until the boot timeout of {} had passed", limit);
    return error;
  }
  Error error{
    .kind = ErrorKind::timeout,
    .message = fmt::format("the {} within the boot timeout of {}",
                           state.runs ? "release was not ready" : "machine was not running", limit),
    .hint = "give it more time with --boot-timeout"};
  if (state.reported) {
    error.message = fmt::format(
      "the attached caller has not said up within the boot timeout of {}, so it is not satisfied",
      limit);
  } else if (state.alive.empty()) {
    error.message =
      fmt::format("no machine was launched within the boot timeout of {}{}", limit,
                  state.last_failure ? ": " + state.last_failure->message : std::string());
  }
  return error;
}

// Looks at the machine, more rarely as time goes.
Step look_later(State state)
{
  const Millis pause = std::min<Millis>(milliseconds(500) * (2 + state.polls), seconds(5));
  ++state.polls;
  state.next = Describe{state.alive};
  return {std::move(state), Wait{.base = pause, .jitter = false}};
}

// The machine that lives, else the last that does not.
const aws::Instance* the_one(const State& state, const std::vector<aws::Instance>& seen)
{
  const auto last = std::find_if(seen.rbegin(), seen.rend(), [&](const aws::Instance& machine) {
    return state.alive.empty() || machine.id == state.alive.front();
  });
  return last == seen.rend() ? nullptr : &*last;
}

Step report(State state, aws::Instance machine)
{
  state.machine = machine;
  return {std::move(state), Report{std::move(machine)}};
}

Step watch(State state, const std::vector<aws::Instance>& seen, const Plan& plan, TimePoint now)
{
  using enum aws::InstanceState;
  state.tries = 0;
  state.lost = 0;
  const aws::Instance* found = the_one(state, seen);
  if (found == nullptr) { // not visible yet
    return look_later(std::move(state));
  }
  const aws::Instance& machine = *found;
  const bool has_left =
    is_ended(machine.state) || machine.state == stopping || machine.state == stopped;
  if (has_left) {
    return machine_ended(std::move(state), machine, plan, now);
  }
  if (state.reported) {
    return look_later(std::move(state));
  }
  if (machine.state != running && plan.wait_for != config::WaitFor::launched) {
    return look_later(std::move(state));
  }
  if (plan.wait_for == config::WaitFor::ready) {
    state.runs = machine;
    return {std::move(state), Listen{machine.id}};
  }
  return report(std::move(state), machine);
}

bool has(const std::vector<fleet::StageLine>& lines, std::string_view stage)
{
  return std::ranges::count(lines, stage, &fleet::StageLine::stage) > 0;
}

Step heard(State state, const std::vector<fleet::StageLine>& lines, const Plan& plan, TimePoint now)
{
  const fleet::StageLine* line = fleet::most_telling(lines);
  if (line != nullptr && line->stage == "failed") {
    const Error why{.kind = ErrorKind::bootstrap,
                    .message =
                      fmt::format("the bootstrap of {} {}", state.watched, fleet::story_of(*line)),
                    .stage = line->at};
    return give_up(std::move(state), why, now, plan);
  }
  if (has(lines, "ready")) {
    const aws::Instance machine = *state.runs;
    return report(std::move(state), machine);
  }
  if (has(lines, "stopped")) {
    const Error why{.kind = ErrorKind::bootstrap,
                    .message =
                      fmt::format("the release on {} ended with status {} before it was ready",
                                  state.watched, line->exit_status.value_or(0)),
                    .hint = "--wait-for running is for what ends within seconds",
                    .stage = "stopped"};
    return give_up(std::move(state), why, now, plan);
  }
  return look_later(std::move(state));
}

// What cannot be heard is no reason to wait; what was not heard is tried again with the next look.
Step hear_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    return {std::move(state), Renew{error.error_class}};
  }
  if (aws::info(error.error_class).retry_same) {
    return look_later(std::move(state));
  }
  Error why = error.error;
  why.message = fmt::format("nobody can tell whether {} is ready: {}", state.watched, why.message);
  why.hint = "--wait-for running waits for less" + (why.hint.empty() ? "" : "; " + why.hint);
  return give_up(std::move(state), std::move(why), now, plan);
}

Step launch_first(State state)
{
  state.greeted = true;
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
  const Action look =
    state.alive.empty() ? Action(Lookup{{state.token}}) : Action(Describe{state.alive});
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
    return watch(std::move(state), launched.instances, plan, now);
  }
  Step operator()(const LaunchFailed& failed) const
  {
    if (!state.greeted || !state.alive.empty()) { // nobody stands at a launch
      return resume(std::move(state));
    }
    return launch_failed(std::move(state), failed.error, plan, now);
  }
  Step operator()(const Described& described) const
  {
    if (!state.greeted) {
      return launch_first(std::move(state));
    }
    if (state.alive.empty() && described.instances.empty()) { // the token's machine has faded
      const Error why = state.last_failure.value_or(
        Error{.kind = ErrorKind::refused, .message = "EC2 no longer shows what was launched"});
      return give_up(std::move(state), why, now, plan);
    }
    return watch(std::move(state), described.instances, plan, now);
  }
  Step operator()(const DescribeFailed& failed) const
  {
    return look_failed(std::move(state), failed.error, plan, now);
  }
  Step operator()(const Terminated& /*unused*/) const
  {
    if (state.reported && state.alive.empty()) {
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
    return listens() && it.id == state.runs->id ? heard(std::move(state), it.lines, plan, now)
                                                : resume(std::move(state));
  }
  Step operator()(const HearFailed& failed) const
  {
    return listens() ? hear_failed(std::move(state), failed.error, plan, now)
                     : resume(std::move(state));
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

private:
  bool listens() const
  {
    return state.runs && !state.reported && std::ranges::count(state.alive, state.runs->id) > 0;
  }
};

// Only the machine of the last launch may live.
bool has_strays(const State& state)
{
  return state.alive.size() > 1
         || (state.reported && !state.alive.empty() && state.alive.front() != state.machine->id);
}

bool is_of_launch(const Event& event)
{
  return std::holds_alternative<Launched>(event) || std::holds_alternative<LaunchFailed>(event);
}

} // namespace

Step step(State state, const Event& event, const Plan& plan, TimePoint now, CancelState cancel)
{
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
                    .message =
                      fmt::format("EC2 shows {} for one launch", fmt::join(state.alive, " and "))};
    return give_up(std::move(state), why, now, plan);
  }
  if (state.reported && cancel.satisfied) { // from here on the machine is the caller's
    Done done{*state.machine};
    return {std::move(state), Finish{std::move(done)}};
  }
  if (cancel.signal != 0) {
    // A launch in flight has used up a part of the grace.
    const TimePoint since = is_of_launch(event) ? now - k_launch_patience : now;
    return give_up(std::move(state), interrupted(cancel), now, plan, since);
  }
  if (now >= state.deadline) {
    const Error why = timed_out(state, plan);
    const TimePoint since = std::max(state.deadline, now - (k_grace - k_least_grace));
    return give_up(std::move(state), why, now, plan, std::min(since, now));
  }
  return std::visit(Judge{state, plan, now}, event);
}

} // namespace flame::boot
