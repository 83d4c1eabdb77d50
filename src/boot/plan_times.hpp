#pragma once

#include "boot/plan.hpp"
#include "flame/parent.hpp"

#include <optional>
#include <string>

// The part of make_plan() that is about times, what is waited for, and who ends the machine.
// Internal to plan.cpp. Pure.
namespace flame::boot {

bool has_parent(const config::Settings& settings);
// A parent that decodes; what is wrong with any other is said with the runner's environment.
std::optional<child::Parent> parent_of(const config::Settings& settings);

config::WaitFor wait_for_of(const config::Settings& settings);
Millis boot_timeout_of(const config::Settings& settings);
std::optional<Millis> lifetime_of(const config::Settings& settings); // nullopt: none

// That something ends the machine, and not before the boot has.
void check_lifetime(Mistakes& mistakes, const config::Settings& settings);
// That what is waited for can be seen. Without a store the console is all that tells of stages.
void check_ready(Mistakes& mistakes, const config::Settings& settings, const Facts& facts);
// "" unless so many machines are heard by their consoles alone that it takes time: EC2 gives them
// one by one, and bounds how often.
std::string slow_listening_notice(const config::Settings& settings);

} // namespace flame::boot
