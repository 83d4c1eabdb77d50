#pragma once

#include "boot/step.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// The pieces of step() that its files share. Only for them.
namespace flame::boot::parts {

// EC2's code for a token whose machine has been ended since.
inline constexpr std::string_view k_instance_ended = "IdempotentInstanceTerminated";
// The same launch is sent so often when AWS cannot be reached or answers in no known form; a look
// at the machine whose answer is in no known form is repeated as often.
inline constexpr int k_network_tries = 4;

// Notes what the event says.
void note(State& state, const Event& event, const Plan& plan, TimePoint now);

// Does what was delayed, else what the boot stands at: the greeting, a look, the launch.
Step resume(State state);

// At the machines by their ids; while a launch is in doubt by its token, which finds them all.
Action look_of(const State& state);

// A pause that doubles with each failure of the current call, and what to do after it.
Step pause(State state, Millis base, Millis cap);
Step again(State state, Action next, Millis base, Millis cap);

// RunInstances was refused, or not answered, or has given some.
Step launch_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now);
Step launched(State state, const std::vector<aws::Instance>& machines, const Plan& plan,
              TimePoint now);

// Machines are missing: the next launch, after a pause when there is one. When no candidate is left
// the boot is content with the machines that it has, if these are enough, else it has failed for
// the reason that is given.
Step launch_more(State state, const Error& last, const Plan& plan, TimePoint now,
                 Millis pause = Millis(0));

// A new launch of `state.candidate`, for machines that are missing. A token is used for one launch
// only; one that may have had its effect keeps its token and its bytes, else it could make others.
void begin_launch(State& state, const Plan& plan);

// A candidate has answered this; the one to be asked next is another.
void pass_by(State& state, Attempt attempt, const Plan& plan);

// Whether there is one to be asked after this.
bool has_another(const State& state, const Plan& plan, std::size_t candidate);

// The machine does not count any more.
void forget(State& state, const std::string& id);

// EC2 has ended machines, is about to, or has stopped them: each is replaced, or the boot has
// failed. nullopt: none has left that is missing.
std::optional<Step> replace_left(State& state, const Plan& plan, TimePoint now);

// What the machines are, as EC2 has just told: the next look, or what is waited for. `seen` may be
// empty: not visible yet.
Step watch(State state, const std::vector<aws::Instance>& seen, const Plan& plan, TimePoint now);

// Looks at the machines again, more rarely as time goes.
Step look_later(State state);

// The machines that were listened to have told this, or could not be heard.
Step heard(State state, const Heard& told, const Plan& plan, TimePoint now);

// Sets the reason to end and takes the first step of ending. The grace counts from `since`.
Step give_up(State state, Error why, TimePoint now, const Plan& plan);
Step give_up(State state, Error why, TimePoint now, const Plan& plan, TimePoint since);

// The next step once `why` is set: terminate, find out, or finish.
Step go_on_ending(State state, const Event& event, const Plan& plan, TimePoint now);

// A second SIGINT: ends here, and names what may still live.
Step leave(State state, const Plan& plan);

inline bool is_ended(aws::InstanceState state)
{
  return state == aws::InstanceState::terminated || state == aws::InstanceState::shutting_down;
}

inline bool is_alive(const State& state, const std::string& id)
{
  return std::ranges::find(state.alive, id) != state.alive.end();
}

inline std::size_t missing(const State& state)
{
  return state.wanted - std::min(state.wanted, state.machines.size());
}

// All machines that are wanted have been seen, none of them is ended, and there are no others.
inline bool is_whole(const State& state)
{
  // Each that is alive is one of the machines.
  return state.machines.size() == state.wanted && state.alive.size() == state.wanted
         && state.unsure.empty();
}

inline bool can_renew(const State& state, const aws::ApiError& error)
{
  return (error.error_class == aws::ErrorClass::credentials
          || error.error_class == aws::ErrorClass::clock)
         && !state.renewed.contains(error.error_class);
}

} // namespace flame::boot::parts
