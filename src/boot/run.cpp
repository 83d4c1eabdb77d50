#include "boot/run.hpp"

#include "boot/perform.hpp"
#include "boot/saying.hpp"
#include "boot/step.hpp"

#include <algorithm>

namespace flame::boot {
namespace {

bool runs(const aws::Instance& machine)
{
  return machine.state == aws::InstanceState::running;
}

// Of several machines: when the last of them was so far.
void note_times(const State& state, Millis elapsed, Timings& timings)
{
  if (state.launching || state.machines.empty()) {
    return;
  }
  if (!timings.launch) {
    timings.launch = elapsed;
  }
  if (!timings.running && state.machines.size() == state.wanted
      && std::ranges::all_of(state.machines, runs)) {
    timings.running = elapsed;
  }
}

Error last_words(const Error& error, const State& state, const Plan& plan, const BootParts& parts)
{
  if (state.was_asked && parts.hear) {
    parts.hear({.instance_id = state.watched, .console = state.console});
  }
  return with_stage(error, state, plan);
}

BootResult result_of(const Plan& plan, const State& state,
                     const std::vector<aws::Instance>& machines, const Timings& timings)
{
  BootResult result{.run_id = plan.run_id,
                    .region = plan.region,
                    .account = machines.empty() ? "" : machines.front().owner_id,
                    .timings = timings};
  for (const aws::Instance& machine : machines) {
    const auto told = state.stages.find(machine.id);
    const auto stage = told == state.stages.end() ? std::nullopt : std::optional(told->second);
    const auto origin = state.origins.find(machine.id);
    result.machines.push_back({.instance = machine,
                               .index = origin == state.origins.end() ? 0 : origin->second.place,
                               .stage = stage,
                               .expires_at = plan.expires_at});
  }
  for (const Dropped& dropped : plan.dropped) {
    result.refused.push_back(
      {.candidate = dropped.candidate, .message = dropped.why, .asked = false});
  }
  for (const Attempt& attempt : state.attempts) {
    result.refused.push_back({.candidate = plan.candidates.at(attempt.candidate),
                              .code = attempt.code,
                              .message = attempt.message});
  }
  return result;
}

} // namespace

Result<BootResult> run(const Plan& plan, BootParts parts)
{
  State state;
  Event event = Begin{};
  Timings timings;
  const TimePoint start = parts.started.value_or(parts.clock.now());
  const auto report = [&](const std::vector<aws::Instance>& machines) {
    return parts.report ? parts.report(result_of(plan, state, machines, timings)) : Result<void>();
  };
  Performer performer(plan, parts, report);
  for (TimePoint now = start;; now = parts.clock.now()) {
    const Millis elapsed = std::chrono::duration_cast<Millis>(now - start);
    const CancelState cancel = parts.cancel.state();
    Step decided = step(std::move(state), event, plan, now, cancel);
    state = std::move(decided.state);
    note_times(state, elapsed, timings);
    say_failure(event, decided.action, parts.progress);
    for (const std::string& sentence : state.notes) {
      parts.progress.note(sentence);
    }
    if (plan.wait_for == config::WaitFor::ready && std::holds_alternative<Report>(decided.action)) {
      timings.ready = elapsed;
    }
    if (const auto* finish = std::get_if<Finish>(&decided.action)) {
      return finish->outcome
        .map([&](const Done& done) { return result_of(plan, state, done.machines, timings); })
        .map_error([&](const Error& error) { return last_words(error, state, plan, parts); });
    }
    say(decided.action, plan, state, parts.progress);
    event = performer.perform(decided.action, state, cancel);
  }
}

} // namespace flame::boot
