#pragma once

#include "boot/step.hpp"

// The pieces of step() that its files share. Only for them.
namespace flame::boot::parts {

// EC2's code for a token whose machine has been ended since.
inline constexpr std::string_view k_instance_ended = "IdempotentInstanceTerminated";

// Notes what the event says.
void note(State& state, const Event& event, const Plan& plan, TimePoint now);

// The launch that `state` stands at, with its token and its bytes.
Launch launch_of(const State& state);

// Delays `next` by a pause that doubles with each failure of the current call.
Step again(State state, Action next, Millis base, Millis cap);

// Sets the reason to end and takes the first step of ending.
Step give_up(State state, Error why, TimePoint now, const Plan& plan);

// The next step once `why` is set: terminate, find out, or finish.
Step go_on_ending(State state, const Event& event, const Plan& plan, TimePoint now);

// A second SIGINT: ends here, and names what may still live.
Step leave(State state, const Plan& plan);

inline bool is_ended(aws::InstanceState state)
{
  return state == aws::InstanceState::terminated || state == aws::InstanceState::shutting_down;
}

inline bool can_renew(const State& state, const aws::ApiError& error)
{
  return (error.error_class == aws::ErrorClass::credentials
          || error.error_class == aws::ErrorClass::clock)
         && !state.renewed.contains(error.error_class);
}

} // namespace flame::boot::parts
