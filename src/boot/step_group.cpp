#include "boot/refusals.hpp"
#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

// The groups of step(): how many machines are asked of which candidate, and what it means when no
// candidate is left.
namespace flame::boot::parts {
namespace {

// From `from` on, the first of which nothing tells that EC2 would say the same.
std::size_t first_hopeful(const State& state, const Plan& plan, std::size_t from)
{
  const auto hopeless = [&](const Candidate& other) {
    return std::ranges::any_of(state.attempts, [&](const Attempt& attempt) {
      return is_ruled_out(other, {.candidate = plan.candidates.at(attempt.candidate),
                                  .error_class = attempt.error_class,
                                  .code = attempt.code});
    });
  };
  while (from < plan.candidates.size() && hopeless(plan.candidates.at(from))) {
    ++from;
  }
  return from;
}

// The first free places in a row, and how many they are.
std::pair<std::size_t, std::size_t> free_places(const State& state, const Plan& plan)
{
  std::set<std::size_t> taken;
  for (const auto& [id, origin] : state.origins) {
    taken.insert(origin.place);
  }
  std::size_t first = 0;
  while (taken.contains(first)) {
    ++first;
  }
  std::size_t end = first;
  while (end < plan.count && !taken.contains(end)) {
    ++end;
  }
  return {first, std::max<std::size_t>(1, end - first)};
}

// What the last candidate cannot give in full is not worth a launch: all would be ended again.
Group next_group(const State& state, const Plan& plan)
{
  Group group{.most = std::clamp<std::size_t>(missing(state), 1, k_group_limit)};
  if (plan.runner.job && plan.runner.job->is_one_of_many) { // it asks which it is
    const auto [first, row] = free_places(state, plan);
    group.first = first;
    group.most = std::min(group.most, row);
  }
  const std::size_t there = state.machines.size();
  const bool is_last = first_hopeful(state, plan, state.candidate + 1) == plan.candidates.size();
  const std::size_t needed = plan.min_count > there ? plan.min_count - there : 1;
  group.least = is_last ? std::min(needed, group.most) : 1;
  return group;
}

Error no_candidate_left(const State& state, const Plan& plan, const Error& last)
{
  const std::size_t there = state.machines.size();
  if (plan.candidates.size() == 1 && there == 0) {
    return last;
  }
  Error error = last;
  if (std::ranges::any_of(state.attempts, [](const Attempt& attempt) {
        return aws::info(attempt.error_class).kind == ErrorKind::capacity;
      })) {
    error.kind = ErrorKind::capacity; // whatever the last one said: another time may do
  }
  const std::size_t all = plan.candidates.size();
  std::set<std::size_t> tried;
  for (const Attempt& attempt : state.attempts) {
    tried.insert(attempt.candidate);
  }
  const std::string untried =
    tried.size() == all
      ? ""
      : fmt::format("; {} of them need not be tried after what EC2 said", all - tried.size());
  error.message = there == 0
                    ? fmt::format("none of {} candidates could be launched{}", all, untried)
                    : fmt::format("only {} of {} machines could be had{}{}", there, plan.count,
                                  plan.min_count < plan.count
                                    ? fmt::format(", and min_count is {}", plan.min_count)
                                    : "",
                                  untried);
  for (const Attempt& attempt : state.attempts) {
    error.also.push_back(
      {fmt::format("{}: {}", describe(plan.candidates.at(attempt.candidate)), attempt.message)});
  }
  return error;
}

} // namespace

void begin_launch(State& state, const Plan& plan)
{
  state.launching = true;
  state.tries = 0;
  state.lost = 0;
  state.watched.clear();
  state.result.clear();
  if (state.unsure.empty()) {
    state.launch = {.candidate = state.candidate,
                    .token = state.launch.token + 1,
                    .render = state.launch.render,
                    .group = next_group(state, plan)};
  }
}

void pass_by(State& state, Attempt attempt, const Plan& plan)
{
  const std::size_t next = std::max(state.candidate, attempt.candidate + 1);
  const bool is_known = std::ranges::any_of(state.attempts, [&](const Attempt& known) {
    return known.candidate == attempt.candidate && known.code == attempt.code;
  });
  if (!is_known) { // of many machines that are taken back, one tells of all
    state.attempts.push_back(std::move(attempt));
  }
  state.candidate = first_hopeful(state, plan, next);
}

bool has_another(const State& state, const Plan& plan, std::size_t candidate)
{
  const std::size_t next = std::max(state.candidate, candidate + 1);
  return first_hopeful(state, plan, next) < plan.candidates.size();
}

void forget(State& state, const std::string& id)
{
  std::erase_if(state.machines, [&](const aws::Instance& machine) { return machine.id == id; });
  state.origins.erase(id);
  state.stages.erase(id);
  state.asked.erase(id);
  state.ready.erase(id);
}

Step launch_more(State state, const Error& last, const Plan& plan, TimePoint now, Millis pause)
{
  if (state.candidate < plan.candidates.size()) {
    begin_launch(state, plan);
    const Launch launch = state.launch;
    return pause > Millis(0) ? again(std::move(state), launch, pause, pause)
                             : Step{std::move(state), launch};
  }
  const std::size_t there = state.machines.size();
  if (there == 0 || there < plan.min_count) {
    const Error why = no_candidate_left(state, plan, last);
    return give_up(std::move(state), why, now, plan);
  }
  state.notes.push_back(fmt::format("{} of {} machines: no candidate has more, and min_count is {}",
                                    there, plan.count, plan.min_count));
  state.wanted = there;
  state.launching = false;
  return resume(std::move(state));
}

} // namespace flame::boot::parts
