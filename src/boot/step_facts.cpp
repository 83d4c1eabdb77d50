#include "boot/step_parts.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

// The first half of step(): what has happened is noted, before anything is judged.
namespace flame::boot::parts {
namespace {

// Answers after which no machine of this token lives. Of several, one that has ended says nothing
// of the others, which may live.
bool denies_the_launch(const aws::ApiError& error, const Launch& launch)
{
  return aws::info(error.error_class).next_candidate
         || error.error_class == aws::ErrorClass::parameter
         || (error.error.aws_code == k_instance_ended && launch.group.most == 1);
}

std::size_t made_by(const State& state, int token)
{
  return static_cast<std::size_t>(std::ranges::count_if(
    state.origins, [&](const auto& machine) { return machine.second.token == token; }));
}

// EC2 counts the machines of each launch from 0.
Origin origin_of(const State& state, const aws::Instance& instance)
{
  const std::string& index = instance.launch_index;
  std::size_t place = made_by(state, state.launch.token);
  std::from_chars(index.data(), index.data() + index.size(), place);
  return {.token = state.launch.token,
          .candidate = state.launch.candidate,
          .place = state.launch.group.first + place};
}

// Of a thousand machines none is looked for among a thousand others.
void note_machines(State& state, const std::vector<aws::Instance>& seen)
{
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < state.machines.size(); ++i) {
    known[state.machines[i].id] = i;
  }
  std::set<std::string> alive(state.alive.begin(), state.alive.end());
  for (const aws::Instance& instance : seen) {
    if (state.watched.empty()) {
      state.watched = instance.id;
    }
    if (!is_ended(instance.state) && alive.insert(instance.id).second) {
      state.alive.push_back(instance.id);
    } else if (is_ended(instance.state) && alive.erase(instance.id) > 0) {
      std::erase(state.alive, instance.id);
    }
    const auto [place, is_new] = known.emplace(instance.id, state.machines.size());
    if (is_new) {
      state.machines.push_back(instance);
      state.origins[instance.id] = origin_of(state, instance);
    } else {
      state.machines[place->second] = instance;
    }
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
      state.wanted = plan.count;
      state.launch.group = first_group(plan);
    }
  }
  void operator()(const Elapsed& /*unused*/) const {}
  void operator()(const Launched& launched) const
  {
    note_machines(state, launched.instances);
    if (launched.instances.size() < state.launch.group.least) { // what is the truth?
      return doubt();
    }
    state.unsure.erase(state.launch.token);
    state.last_failure.reset();
  }
  void operator()(const LaunchFailed& failed) const
  {
    const bool has_made = failed.error.error.aws_code == k_instance_ended;
    if (failed.error.may_have_happened || (has_made && state.launch.group.most > 1)) {
      doubt();
    } else if (denies_the_launch(failed.error, state.launch)) {
      state.unsure.erase(state.launch.token);
    }
    if (now < state.deadline || !state.last_failure) { // what we cut says less than EC2 said before
      state.last_failure = failed.error.error;
    }
  }
  void operator()(const Described& described) const
  {
    note_machines(state, described.instances);
    // There is one token at most: these are its machines, or it has made none.
    const bool would_show = state.why && now - state.unsure_since >= k_visible_within;
    if (made_by(state, state.launch.token) >= state.launch.group.most || would_show) {
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
    state.unsure.insert(state.launch.token);
    state.unsure_since = now;
  }
};

} // namespace

void note(State& state, const Event& event, const Plan& plan, TimePoint now)
{
  std::visit(Note{state, plan, now}, event);
}

} // namespace flame::boot::parts
