#include "boot/refusals.hpp"
#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

// The launches of step(): what an answer means, and when the same is sent again.
namespace flame::boot::parts {
namespace {

using aws::ErrorClass;
using std::chrono::milliseconds;
using std::chrono::seconds;

// nullopt: the same request may not succeed.
std::optional<Step> same_again(State& state, const aws::ApiError& error)
{
  const Launch same = state.launch;
  switch (error.error_class) {
  case ErrorClass::throttle:
    return again(std::move(state), same, seconds(1), seconds(20));
  case ErrorClass::transient:
  case ErrorClass::endpoint:
  case ErrorClass::answer:
    if (++state.lost < k_network_tries) {
      return again(std::move(state), same, milliseconds(200), seconds(5));
    }
    return std::nullopt;
  case ErrorClass::idempotency: // the token's machine has been ended: why, its state reason says
    if (error.error.aws_code == k_instance_ended) {
      state.next = Lookup{{same.token}};
      return resume(std::move(state));
    }
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

} // namespace

Step launch_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now)
{
  if (auto step = same_again(state, error)) {
    return std::move(*step);
  }
  if (can_renew(state, error)) {
    state.renewed.insert(error.error_class);
    const bool is_free = state.unsure.empty();
    begin_launch(state, plan);
    state.launch.render += is_free ? 1 : 0; // the URL inside was signed by what was just refused
    state.next = state.launch;
    return {std::move(state), Renew{error.error_class}};
  }
  if (!aws::info(error.error_class).next_candidate || !state.unsure.empty()) {
    return give_up(std::move(state), error.error, now, plan);
  }
  Error why = error.error;
  const Candidate& refused = plan.candidates.at(state.launch.candidate);
  if (std::string hint = hint_for(refused, error.error_class, why.aws_code); !hint.empty()) {
    why.hint = std::move(hint);
  }
  pass_by(state, {state.launch.candidate, error.error_class, why.aws_code, why.message}, plan);
  return launch_more(std::move(state), why, plan, now);
}

// EC2 gives fewer than could be only when it has no more.
Step launched(State state, const std::vector<aws::Instance>& machines, const Plan& plan,
              TimePoint now)
{
  state.launching = false;
  const Group group = state.launch.group;
  if (machines.size() < group.most && state.unsure.empty()) {
    const std::string had = fmt::format("{} of {} machines", machines.size(), group.most);
    state.notes.push_back(
      fmt::format("EC2 had {} of {}", had, describe(plan.candidates.at(state.launch.candidate))));
    pass_by(state, {state.launch.candidate, ErrorClass::capacity, "", "it had " + had}, plan);
  }
  return watch(std::move(state), machines, plan, now);
}

} // namespace flame::boot::parts
