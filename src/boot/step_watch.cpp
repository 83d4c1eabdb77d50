#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

// The looks of step(): what the machines are by EC2, and what they tell once they run.
namespace flame::boot::parts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool has_left(const aws::Instance& machine)
{
  using enum aws::InstanceState;
  return is_ended(machine.state) || machine.state == stopping || machine.state == stopped;
}

bool runs(const aws::Instance& machine)
{
  return machine.state == aws::InstanceState::running;
}

Step report(State state)
{
  state.result = state.machines;
  Report all{state.result};
  return {std::move(state), std::move(all)};
}

// Listens to the next machine that is not known to be ready, each once between two looks.
Step listen_to_next(State state, const Plan& plan)
{
  if (!is_whole(state, plan)) {
    return look_later(std::move(state), plan);
  }
  const auto next = std::ranges::find_if(state.machines, [&](const aws::Instance& machine) {
    return !state.ready.contains(machine.id) && !state.asked.contains(machine.id);
  });
  if (next != state.machines.end()) {
    state.watched = next->id;
    state.asked.insert(next->id);
    return {state, Listen{state.watched}};
  }
  return state.ready.size() == state.machines.size() ? report(std::move(state))
                                                     : look_later(std::move(state), plan);
}

bool has(const std::vector<fleet::StageLine>& lines, std::string_view stage)
{
  return std::ranges::find(lines, stage, &fleet::StageLine::stage) != lines.end();
}

} // namespace

Step look_later(State state, const Plan& plan)
{
  const Millis pause = std::min<Millis>(milliseconds(500) * (2 + state.polls), seconds(5));
  ++state.polls;
  // Their token finds those too that have not been seen yet.
  state.next = state.machines.size() < plan.count ? Action(Lookup{{state.token}})
                                                  : Action(Describe{state.alive});
  return {std::move(state), Wait{.base = pause, .jitter = false}};
}

Step watch(State state, const std::vector<aws::Instance>& seen, const Plan& plan, TimePoint now)
{
  state.tries = 0;
  state.lost = 0;
  const auto left = std::ranges::find_if(state.machines, has_left);
  if (left != state.machines.end()) {
    const aws::Instance machine = *left;
    return machine_ended(std::move(state), machine, plan, now);
  }
  const bool all_seen = !seen.empty() && is_whole(state, plan);
  const bool far_enough =
    plan.wait_for == config::WaitFor::launched || std::ranges::all_of(state.machines, runs);
  if (state.reported || !all_seen || !far_enough) {
    return look_later(std::move(state), plan);
  }
  if (plan.wait_for == config::WaitFor::ready) {
    state.asked.clear();
    return listen_to_next(std::move(state), plan);
  }
  return report(std::move(state));
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
    state.ready.insert(state.watched);
  } else if (has(lines, "stopped")) {
    const Error why{.kind = ErrorKind::bootstrap,
                    .message =
                      fmt::format("the release on {} ended with status {} before it was ready",
                                  state.watched, line->exit_status.value_or(0)),
                    .hint = "--wait-for running is for what ends within seconds",
                    .stage = "stopped"};
    return give_up(std::move(state), why, now, plan);
  }
  return listen_to_next(std::move(state), plan);
}

// What cannot be heard is no reason to wait; what was not heard is tried again with the next look.
Step hear_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    return {std::move(state), Renew{error.error_class}};
  }
  if (aws::info(error.error_class).retry_same) {
    return listen_to_next(std::move(state), plan);
  }
  Error why = error.error;
  why.message = fmt::format("nobody can tell whether {} is ready: {}", state.watched, why.message);
  why.hint = "--wait-for running waits for less" + (why.hint.empty() ? "" : "; " + why.hint);
  return give_up(std::move(state), std::move(why), now, plan);
}

} // namespace flame::boot::parts
