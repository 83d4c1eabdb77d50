#include "boot/step_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

// Machines of step() that have left before they were what is waited for.
namespace flame::boot::parts {
namespace {

using aws::ErrorClass;

// For reasons of its own, other than a want of room, or where there is no other candidate, EC2 may
// take back so many machines, and a tenth of all, before we believe it.
constexpr std::size_t k_replacements = 2;

bool has_left(const aws::Instance& machine)
{
  using enum aws::InstanceState;
  return is_ended(machine.state) || machine.state == stopping || machine.state == stopped;
}

// Of a StateReason: what a refusal of that code would be; unknown when it is another matter.
ErrorClass want_of_capacity(const std::string& code)
{
  if (code.starts_with("Server.Insufficient")) {
    return ErrorClass::capacity;
  }
  const ErrorClass of_code = code.empty() ? ErrorClass::unknown : aws::classify(code, 0, "");
  return aws::info(of_code).next_candidate ? of_code : ErrorClass::unknown;
}

// EC2's notice came before it was ready; then it powers itself off, or EC2 ends it.
bool was_interrupted(const State& state, const aws::Instance& machine)
{
  const auto told = state.stages.find(machine.id);
  return told != state.stages.end() && told->second == "interrupted";
}

// EC2 had given it: its candidate may have another.
bool was_taken_back(const State& state, const aws::Instance& machine)
{
  return was_interrupted(state, machine)
         || machine.state_reason_code.starts_with("Server.SpotInstance");
}

Error reason_of(const State& state, const aws::Instance& machine, ErrorClass want)
{
  const std::string& code = machine.state_reason_code;
  Error error{.kind = ErrorKind::refused,
              .message = fmt::format("{} is {}: {}", machine.id, aws::name(machine.state),
                                     machine.state_reason.empty() ? "EC2 gave no reason"
                                                                  : machine.state_reason),
              .aws_code = code};
  if (want != ErrorClass::unknown) {
    error.kind = ErrorKind::capacity;
    error.hint =
      was_interrupted(state, machine) ? "EC2 took the machine back before it was ready" : "";
  } else if (code == "Client.InstanceInitiatedShutdown") {
    error.kind = ErrorKind::bootstrap;
    error.hint = "the machine powered itself off while it booted; its console says why";
  } else if (code == "Client.UserInitiatedShutdown") {
    error.hint = "somebody ended it on purpose, so it is not replaced";
  }
  return error;
}

// What came of the machines that have left.
struct Left {
  std::optional<Error> last = {}; // why; nullopt: none has left
  bool for_good = false;          // it is not replaced
  Millis pause = Millis(0);       // before others are launched
};

void take(Left& left, State& state, const aws::Instance& machine, const Plan& plan)
{
  const std::size_t candidate = state.origins[machine.id].candidate;
  const bool taken = was_taken_back(state, machine);
  const ErrorClass want =
    taken ? ErrorClass::capacity : want_of_capacity(machine.state_reason_code);
  left.last = reason_of(state, machine, want);
  // A machine that is only stopped can start again, and one that is reported has its user.
  const bool is_replaceable = is_ended(machine.state) && state.unsure.empty() && !state.reported;
  const bool by_ec2 = machine.state_reason_code.starts_with("Server.");
  const bool is_asked_again =
    state.replacements < k_replacements + plan.count / 10
    && (want == ErrorClass::unknown ? by_ec2 : taken && !has_another(state, plan, candidate));
  if (!is_replaceable || (want == ErrorClass::unknown && !is_asked_again)) {
    state.watched = machine.id;
    left.for_good = true;
    return;
  }
  if (is_asked_again) {
    ++state.replacements;
    left.pause = std::chrono::seconds(1);
  } else {
    pass_by(state, {candidate, want, left.last->aws_code, left.last->message}, plan);
  }
  forget(state, machine.id);
}

} // namespace

std::optional<Step> replace_left(State& state, const Plan& plan, TimePoint now)
{
  std::vector<aws::Instance> gone;
  std::ranges::copy_if(state.machines, std::back_inserter(gone), has_left);
  Left left;
  for (const aws::Instance& machine : gone) {
    take(left, state, machine, plan);
    if (left.for_good) {
      return give_up(std::move(state), *left.last, now, plan);
    }
  }
  if (!left.last || missing(state) == 0) {
    return std::nullopt;
  }
  state.notes.push_back(
    gone.size() == 1 ? left.last->message
                     : fmt::format("{}, as are {} others", left.last->message, gone.size() - 1));
  return launch_more(std::move(state), *left.last, plan, now, left.pause);
}

} // namespace flame::boot::parts
