#include "boot/step_parts.hpp"

#include <algorithm>

// The first half of step(): what has happened is noted, before anything is judged.
namespace flame::boot::parts {
namespace {

// Answers after which no machine of this token lives. Of several, one that has ended says nothing
// of the others.
bool denies_the_launch(const aws::ApiError& error, const Plan& plan)
{
  return aws::info(error.error_class).next_candidate
         || error.error_class == aws::ErrorClass::parameter
         || (error.error.aws_code == k_instance_ended && plan.count == 1);
}

void note_machine(State& state, const aws::Instance& instance)
{
  if (state.watched.empty()) {
    state.watched = instance.id;
  }
  const bool was_alive = is_alive(state, instance.id);
  if (is_ended(instance.state)) {
    std::erase(state.alive, instance.id);
  } else if (!was_alive) {
    state.alive.push_back(instance.id);
  }
  const auto known = std::ranges::find(state.machines, instance.id, &aws::Instance::id);
  if (known != state.machines.end()) {
    *known = instance;
  } else {
    state.machines.push_back(instance);
  }
}

struct Note {
  State& state;
  const Plan& plan;
  TimePoint now;

  void operator()(const Begin& /*unused*/) const
  {
    if (state.deadline == TimePoint()) {
      state.deadline = now + plan.boot_timeout;
    }
  }
  void operator()(const Elapsed& /*unused*/) const {}
  void operator()(const Launched& launched) const
  {
    for (const aws::Instance& instance : launched.instances) {
      note_machine(state, instance);
    }
    if (launched.instances.size() < plan.count) { // less than was asked for: what is the truth?
      return doubt();
    }
    state.unsure.erase(state.token);
    state.last_failure.reset();
  }
  void operator()(const LaunchFailed& failed) const
  {
    if (failed.error.may_have_happened) {
      doubt();
    } else if (denies_the_launch(failed.error, plan)) {
      state.unsure.erase(state.token);
    }
    if (now < state.deadline || !state.last_failure) { // what we cut says less than EC2 said before
      state.last_failure = failed.error.error;
    }
  }
  void operator()(const Described& described) const
  {
    for (const aws::Instance& instance : described.instances) {
      note_machine(state, instance);
    }
    // There is one token at most: these are its machines, or it has made none.
    const bool would_show = state.why && now - state.unsure_since >= k_visible_within;
    if (state.machines.size() >= plan.count || would_show) {
      state.unsure.clear();
    }
  }
  void operator()(const DescribeFailed& failed) const { state.last_failure = failed.error.error; }
  void operator()(const Terminated& terminated) const
  {
    for (const std::string& id : terminated.ids) {
      std::erase(state.alive, id);
    }
  }
  void operator()(const TerminateFailed& /*unused*/) const {}
  void operator()(const ConsoleRead& read) const
  {
    state.was_asked = true;
    if (read.text.size() >= state.console.size()) { // EC2 may have lost the later part again
      state.console = read.text;
    }
    const bool may_say_more =
      state.words == Words::before && state.alive.empty() && state.console.empty();
    if (!may_say_more) { // EC2 has the console of a machine that is off only after some seconds
      next_words();
    }
  }
  void operator()(const ConsoleFailed& failed) const
  {
    state.was_asked = true;
    const bool cannot = failed.error.error_class == aws::ErrorClass::unsupported
                        || failed.error.error_class == aws::ErrorClass::parameter;
    if (state.latest && cannot) {
      state.latest = false; // again, as it was at the last change of state
    } else {
      next_words();
    }
  }
  void operator()(const Heard& heard) const
  {
    for (const auto& [id, lines] : heard.lines) {
      const fleet::StageLine* line = fleet::most_telling(lines);
      if (line != nullptr && state.asked.contains(id)) {
        state.stages[id] = line->stage;
      }
    }
    if (heard.unheard) {
      state.last_failure = heard.unheard->error.error;
    }
  }
  void operator()(const Renewed& /*unused*/) const {}
  void operator()(const Reported& /*unused*/) const
  {
    state.reported =
      !state.result.empty() && std::ranges::all_of(state.result, [&](const aws::Instance& machine) {
        return is_alive(state, machine.id);
      });
  }
  void operator()(const ReportFailed& /*unused*/) const {}

  // The console of a machine that had ended before is read once.
  void next_words() const
  {
    const bool again = state.words == Words::before && !state.alive.empty();
    state.words = again ? Words::after : Words::none;
  }

  void doubt() const
  {
    state.unsure.insert(state.token);
    state.unsure_since = now;
  }
};

} // namespace

void note(State& state, const Event& event, const Plan& plan, TimePoint now)
{
  std::visit(Note{state, plan, now}, event);
}

} // namespace flame::boot::parts
