#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

// The looks of step(): what the machines are by EC2, and what they tell once they run.
namespace flame::boot::parts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

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

// Listens to all that are not known to be ready, once after each look.
Step listen(State state)
{
  Listen listen;
  for (const aws::Instance& machine : state.machines) {
    if (!state.ready.contains(machine.id)) {
      listen.ids.push_back(machine.id);
    }
  }
  if (listen.ids.empty()) {
    return report(std::move(state));
  }
  state.asked = {listen.ids.begin(), listen.ids.end()};
  state.watched = listen.ids.front();
  return {std::move(state), std::move(listen)};
}

bool has(const std::vector<fleet::StageLine>& lines, std::string_view stage)
{
  return std::ranges::find(lines, stage, &fleet::StageLine::stage) != lines.end();
}

// nullopt: none of what the machine has said tells that it will never be ready.
std::optional<Error> failure_of(const std::string& id, const std::vector<fleet::StageLine>& lines)
{
  const fleet::StageLine* line = fleet::most_telling(lines);
  if (line != nullptr && line->stage == "failed") {
    return Error{.kind = ErrorKind::bootstrap,
                 .message = fmt::format("the bootstrap of {} {}", id, fleet::story_of(*line)),
                 .stage = line->at};
  }
  if (!has(lines, "ready") && has(lines, "stopped")) {
    return Error{.kind = ErrorKind::bootstrap,
                 .message =
                   fmt::format("the release on {} ended with status {} before it was ready", id,
                               line->exit_status.value_or(0)),
                 .hint = "see its last words; --wait-for running is for what ends within seconds",
                 .stage = "stopped"};
  }
  return std::nullopt;
}

// What cannot be heard is no reason to wait; what was not heard is tried again after the next look,
// then it is nullopt.
std::optional<Step> not_heard(State& state, const Unheard& unheard, const Plan& plan, TimePoint now)
{
  const aws::ApiError& error = unheard.error;
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    return Step{std::move(state), Renew{error.error_class}};
  }
  if (aws::info(error.error_class).retry_same) {
    return std::nullopt;
  }
  Error why = error.error;
  why.message = fmt::format("nobody can tell whether {} is ready: {}", unheard.id, why.message);
  why.hint = "--wait-for running waits for less" + (why.hint.empty() ? "" : "; " + why.hint);
  state.watched = unheard.id;
  return give_up(std::move(state), std::move(why), now, plan);
}

} // namespace

Step look_later(State state)
{
  const Millis pause = std::min<Millis>(milliseconds(500) * (2 + state.polls), seconds(5));
  ++state.polls;
  state.next = look_of(state);
  return {std::move(state), Wait{.base = pause, .jitter = false}};
}

Step watch(State state, const std::vector<aws::Instance>& seen, const Plan& plan, TimePoint now)
{
  state.tries = 0;
  state.lost = 0;
  if (auto step = replace_left(state, plan, now)) {
    return std::move(*step);
  }
  if (missing(state) > 0 && state.unsure.empty() && !state.reported) {
    const Error why{.kind = ErrorKind::capacity, .message = "EC2 has no room for more machines"};
    return launch_more(std::move(state), why, plan, now);
  }
  const bool all_seen = !seen.empty() && is_whole(state);
  const bool far_enough =
    plan.wait_for == config::WaitFor::launched || std::ranges::all_of(state.machines, runs);
  if (state.reported || !all_seen || !far_enough) {
    return look_later(std::move(state));
  }
  if (plan.wait_for == config::WaitFor::ready) {
    return listen(std::move(state));
  }
  return report(std::move(state));
}

Step heard(State state, const Heard& told, const Plan& plan, TimePoint now)
{
  for (const auto& [id, lines] : told.lines) {
    if (!state.asked.contains(id) || !is_alive(state, id)) {
      continue;
    }
    if (fleet::interruption_in(lines) != nullptr) {
      continue; // it ends by itself, or EC2 ends it; ready or not
    }
    if (auto why = failure_of(id, lines)) {
      state.watched = id;
      return give_up(std::move(state), std::move(*why), now, plan);
    }
    if (has(lines, "ready")) {
      state.ready.insert(id);
    }
  }
  if (told.unheard) {
    if (auto step = not_heard(state, *told.unheard, plan, now)) {
      return std::move(*step);
    }
  }
  const auto slow = std::ranges::find_if(state.machines, [&](const aws::Instance& machine) {
    return !state.ready.contains(machine.id);
  });
  if (slow == state.machines.end() && is_whole(state)) {
    return report(std::move(state));
  }
  state.watched = slow == state.machines.end() ? state.watched : slow->id;
  return look_later(std::move(state));
}

} // namespace flame::boot::parts
