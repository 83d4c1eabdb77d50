#include "boot/step_parts.hpp"
#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

// The second half of step(): what is done once a boot has been given up. Every machine that it may
// have made is ended, or named.
namespace flame::boot::parts {
namespace {

using std::chrono::seconds;

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
  } else if (!state.unsure.empty()) {
    error.kind = ErrorKind::leftover;
    error.also.push_back(
      {"EC2 did not say whether a machine was launched", "make sure with: " + command});
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
  if (!state.asked_again) {
    state.asked_again = true;
    const Launch launch = launch_of(state);
    return {std::move(state), launch};
  }
  if (now >= state.end_by) {
    return finish(std::move(state), plan);
  }
  state.next = Lookup{{state.unsure.begin(), state.unsure.end()}};
  return {std::move(state), Wait{.base = seconds(2), .jitter = false}};
}

Step nothing_is_known_to_live(State state, const Event& event, const Plan& plan, TimePoint now)
{
  if (state.unsure.empty()) {
    return read_and_finish(std::move(state), plan, now);
  }
  const bool waited =
    std::holds_alternative<Elapsed>(event) && std::holds_alternative<Lookup>(state.next);
  if (waited && now < state.end_by) {
    Action lookup = state.next;
    state.next = Finish{};
    return {std::move(state), std::move(lookup)};
  }
  return find_out(std::move(state), plan, now);
}

bool is_hopeless(const aws::ApiError& error)
{
  return error.error_class == aws::ErrorClass::permission;
}

// The terminate was refused. nullopt: try it again.
std::optional<Step> after_refusal(State& state, const aws::ApiError& error, const Plan& plan)
{
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    state.next = Terminate{state.alive};
    return Step{std::move(state), Renew{error.error_class}};
  }
  if (is_hopeless(error)) {
    state.why->also.push_back({error.error.message, error.error.hint});
    return finish(std::move(state), plan);
  }
  return std::nullopt;
}

} // namespace

Launch launch_of(const State& state)
{
  return {.candidate = state.candidate, .token = state.token, .render = state.render};
}

namespace {

Words words_for(const State& state, const Error& why)
{
  if (state.watched.empty() || why.kind == ErrorKind::capacity) {
    return Words::none;
  }
  return why.kind == ErrorKind::interrupted ? Words::after : Words::before;
}

} // namespace

Step again(State state, Action next, Millis base, Millis cap)
{
  const Millis pause = std::min(base * (1 << std::min(state.tries, 10)), cap);
  ++state.tries;
  state.next = std::move(next);
  return {std::move(state), Wait{.base = pause, .jitter = true}};
}

Step give_up(State state, Error why, TimePoint now, const Plan& plan)
{
  state.asked_again = state.tries > 0; // it has just been sent several times
  state.words = words_for(state, why);
  state.why = std::move(why);
  state.end_by = now + k_grace;
  state.tries = 0;
  return go_on_ending(std::move(state), Elapsed{}, plan, now);
}

Step go_on_ending(State state, const Event& event, const Plan& plan, TimePoint now)
{
  if (state.words == Words::before && now < state.end_by) {
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
  const auto* refused = std::get_if<TerminateFailed>(&event);
  if (refused != nullptr) {
    if (auto step = after_refusal(state, refused->error, plan)) {
      return std::move(*step);
    }
  }
  if (now >= state.end_by) {
    return finish(std::move(state), plan);
  }
  Terminate terminate{state.alive};
  if (refused != nullptr || std::holds_alternative<Terminated>(event)) { // some are left
    return again(std::move(state), std::move(terminate), seconds(1), seconds(5));
  }
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
