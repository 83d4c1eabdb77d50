#include "boot/step_parts.hpp"
#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

// The second half of step(): what is done once a boot has been given up. Every machine that it may
// have made is ended, or named.
namespace flame::boot::parts {
namespace {

using std::chrono::seconds;

constexpr Millis k_look_pause = seconds(2);
// Source: API reference, TerminateInstances.
constexpr std::size_t k_terminate_limit = 1000;

// Errors about the machines that are left come last, so that they are read.
Step finish(State state, const Plan& plan)
{
  Error error = *state.why;
  error.run_id = plan.run_id;
  error.instances = state.alive;
  const std::string command = fleet::terminate_command(plan.region, plan.run_id);
  if (!state.alive.empty()) {
    error.also.push_back(
      {fmt::format("{} may still run", fmt::join(state.alive, ", ")), "end it with: " + command});
  }
  if (!state.unsure.empty()) {
    const std::string_view what = state.machines.empty() ? "a machine was" : "others were";
    error.kind = ErrorKind::leftover;
    error.also.push_back(
      {fmt::format("EC2 did not say whether {} launched", what), "make sure with: " + command});
  }
  return {std::move(state), Finish{tl::unexpected(std::move(error))}};
}

// The console once more, now that the machine is off: EC2 has its last lines only then.
Step read_and_finish(State state, const Plan& plan, TimePoint now)
{
  if (state.words == Words::none || now >= state.end_by) {
    return finish(std::move(state), plan);
  }
  ReadConsole read{.id = state.watched, .latest = state.latest};
  return {std::move(state), std::move(read)};
}

// For a look at what went wrong. It still ends with its lifetime.
Step keep(State state, const Plan& plan)
{
  state.why->hint = fmt::format("{} is kept for a look, as keep_on_failure asks, until {}",
                                fmt::join(state.alive, ", "),
                                plan.expires_at ? iso8601(*plan.expires_at) : "it is ended");
  return finish(std::move(state), plan);
}

// What the unsure launch has made, if anything: the same token and bytes once more give the same
// machine, else EC2 is asked until it would show by now, or the grace is over.
Step find_out(State state, const Plan& plan, TimePoint now)
{
  if (now >= state.end_by) {
    return finish(std::move(state), plan);
  }
  if (!state.asked_again) {
    state.asked_again = true;
    const Launch launch = state.launch;
    return {std::move(state), launch};
  }
  const Millis until_visible =
    std::chrono::ceil<Millis>(state.unsure_since + k_visible_within - now);
  const Millis pause = until_visible <= Millis(0) ? Millis(k_look_pause)
                                                  : std::min<Millis>(k_look_pause, until_visible);
  state.next = Lookup{{state.unsure.begin(), state.unsure.end()}};
  return {std::move(state), Wait{.base = pause, .jitter = false}};
}

Step nothing_is_known_to_live(State state, const Event& event, const Plan& plan, TimePoint now)
{
  if (state.unsure.empty()) {
    return read_and_finish(std::move(state), plan, now);
  }
  const bool waited = std::holds_alternative<Elapsed>(event) && state.next
                      && std::holds_alternative<Lookup>(*state.next);
  if (waited && now < state.end_by) {
    return resume(std::move(state));
  }
  return find_out(std::move(state), plan, now);
}

bool is_hopeless(const aws::ApiError& error)
{
  return error.error_class == aws::ErrorClass::permission;
}

// One bad id fails the whole call, so that after each refusal a smaller part of them is ended, in
// turn.
Terminate terminate_of(State& state)
{
  const std::size_t part =
    std::clamp<std::size_t>(state.alive.size() >> std::min(state.tries, 16), 1, k_terminate_limit);
  if (part >= state.alive.size()) {
    return {state.alive};
  }
  const auto end = state.alive.begin() + static_cast<std::ptrdiff_t>(part);
  std::rotate(state.alive.begin(), end, state.alive.end());
  return {{state.alive.end() - static_cast<std::ptrdiff_t>(part), state.alive.end()}};
}

// The terminate was refused. nullopt: try it again.
std::optional<Step> after_refusal(State& state, const aws::ApiError& error, const Plan& plan)
{
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    return Step{std::move(state), Renew{error.error_class}};
  }
  if (is_hopeless(error)) {
    state.why->also.push_back({error.error.message, error.error.hint});
    return finish(std::move(state), plan);
  }
  return std::nullopt;
}

Words words_for(const State& state, const Error& why)
{
  const bool machine_is_well = why.kind == ErrorKind::capacity || why.kind == ErrorKind::output;
  if (state.watched.empty() || machine_is_well) {
    return Words::none;
  }
  return why.kind == ErrorKind::interrupted ? Words::after : Words::before;
}

} // namespace

Action look_of(const State& state)
{
  return state.alive.empty() || !state.unsure.empty() ? Action(Lookup{{state.launch.token}})
                                                      : Action(Describe{state.alive});
}

Step resume(State state)
{
  Action next = state.next                         ? *state.next
                : state.greeted && state.launching ? Action(state.launch)
                                                   : look_of(state);
  state.next.reset();
  return {std::move(state), std::move(next)};
}

Step pause(State state, Millis base, Millis cap)
{
  const Millis pause = std::min(base * (1 << std::min(state.tries, 10)), cap);
  ++state.tries;
  return {std::move(state), Wait{.base = pause, .jitter = true}};
}

Step again(State state, Action next, Millis base, Millis cap)
{
  state.next = std::move(next);
  return pause(std::move(state), base, cap);
}

Step give_up(State state, Error why, TimePoint now, const Plan& plan)
{
  return give_up(std::move(state), std::move(why), now, plan, now);
}

Step give_up(State state, Error why, TimePoint now, const Plan& plan, TimePoint since)
{
  state.asked_again = state.lost > 1; // it has just been sent several times
  state.words = words_for(state, why);
  state.why = std::move(why);
  state.end_by = since + k_grace;
  state.words_by = std::min(now + k_words_limit, state.end_by);
  state.tries = 0;
  state.next.reset();
  return go_on_ending(std::move(state), Elapsed{}, plan, now);
}

Step go_on_ending(State state, const Event& event, const Plan& plan, TimePoint now)
{
  if (state.words == Words::before && now >= state.words_by) {
    state.words = state.alive.empty() ? Words::none : Words::after;
  }
  if (state.words == Words::before) {
    if (std::holds_alternative<ConsoleRead>(event)) { // it has said nothing yet
      const Millis left = std::chrono::ceil<Millis>(state.words_by - now);
      return {std::move(state), Wait{.base = std::min(k_look_pause, left), .jitter = false}};
    }
    ReadConsole read{.id = state.watched, .latest = state.latest};
    return {std::move(state), std::move(read)};
  }
  if (state.alive.empty()) {
    return nothing_is_known_to_live(std::move(state), event, plan, now);
  }
  const bool keeps = plan.keep_on_failure && state.why->kind != ErrorKind::interrupted;
  if (keeps) {
    return keep(std::move(state), plan);
  }
  if (now >= state.end_by) {
    return finish(std::move(state), plan);
  }
  const auto* refused = std::get_if<TerminateFailed>(&event);
  if (refused != nullptr) {
    if (auto step = after_refusal(state, refused->error, plan)) {
      return std::move(*step);
    }
  }
  const auto* ended = std::get_if<Terminated>(&event);
  if (refused != nullptr || (ended != nullptr && ended->ids.empty())) {
    return pause(std::move(state), seconds(1), seconds(5));
  }
  Terminate terminate = terminate_of(state);
  return {std::move(state), std::move(terminate)};
}

Step leave(State state, const Plan& plan)
{
  if (!state.why) {
    state.why =
      Error{.kind = ErrorKind::interrupted, .message = "interrupted by two signals", .signal = 2};
  }
  return finish(std::move(state), plan);
}

} // namespace flame::boot::parts
