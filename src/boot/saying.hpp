#pragma once

#include "boot/progress.hpp"
#include "boot/step.hpp"

// What the boot's loop tells people.
namespace flame::boot {

// What is about to happen, in the words of a waiting person.
void say(const Action& action, const Plan& plan, const State& state, Progress& progress);

// A failure that the boot goes on after is worth a line; the one that ends it is the error itself.
void say_failure(const Event& event, const Action& next, Progress& progress);

// The error with what the console says of the bootstrap: the machine knows better than EC2 why it
// left.
Error with_stage(Error error, const State& state, const Plan& plan);

} // namespace flame::boot
