#pragma once

#include "boot/step.hpp"

#include <algorithm>

// The pieces of step() that its files share. Only for them.
namespace flame::boot::parts {

// EC2's code for a token whose machine has been ended since.
inline constexpr std::string_view k_instance_ended = "IdempotentInstanceTerminated";
// The same launch is sent so often when AWS cannot be reached or answers in no known form; a look
// at the machine whose answer is in no known form is repeated as often.
inline constexpr int k_network_tries = 4;

// Notes what the event says.
void note(State& state, const Event& event, const Plan& plan, TimePoint now);

// The launch that `state` stands at, with its token and its bytes.
Launch launch_of(const State& state);

// Does what was delayed, else what the boot stands at: the greeting, a look, the launch.
Step resume(State state);

// A pause that doubles with each failure of the current call, and what to do after it.
Step pause(State state, Millis base, Millis cap);
Step again(State state, Action next, Millis base, Millis cap);

// RunInstances was refused, or not answered.
Step launch_failed(State state, const aws::ApiError& error, const Plan& plan, TimePoint now);

// What the machines are, as EC2 has just told: the next look, or what is waited for. `seen` may be
// empty: not visible yet.
Step watch(State state, const std::vector<aws::Instance>& seen, const Plan& plan, TimePoint now);

// Looks at the machines again, more rarely as time goes.
Step look_later(State state, const Plan& plan);

// The machines that were listened to have told this, or could not be heard.
Step heard(State state, const Heard& told, const Plan& plan, TimePoint now);

// EC2 has ended the machine, is about to, or has stopped it.
Step machine_ended(State state, const aws::Instance& machine, const Plan& plan, TimePoint now);

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

// All machines that were asked for have been seen, and none of them is ended.
inline bool is_whole(const State& state, const Plan& plan)
{
  return state.machines.size() == plan.count
         && std::ranges::all_of(state.machines, [&](const aws::Instance& machine) {
              return is_alive(state, machine.id);
            });
}

inline bool can_renew(const State& state, const aws::ApiError& error)
{
  return (error.error_class == aws::ErrorClass::credentials
          || error.error_class == aws::ErrorClass::clock)
         && !state.renewed.contains(error.error_class);
}

} // namespace flame::boot::parts
