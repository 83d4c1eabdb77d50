#pragma once

#include "boot/plan.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <string>

// The user data that a boot sends, and what only the real world knows of it.
namespace flame::cli {

// What make_plan() wants to know beside the settings.
boot::Facts look_up_facts(World& world);
// The same with zeros for what is random, as long, so that two calls print the same bytes.
boot::Facts facts_for_print(const World& world);

// What a boot would send, as far as it can be known without writing anything anywhere: with the URL
// of an object, signed now, or with placeholders for what would first have to be written. A secret;
// errors as those of SignedUrls::get() and make_user_data().
Result<std::string> unlaunched_user_data(const boot::Plan& plan, const config::Settings& settings,
                                         Cloud& cloud, World& world, Console& console);

} // namespace flame::cli
