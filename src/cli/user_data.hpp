#pragma once

#include "base/error.hpp"
#include "boot/plan.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <string>

// The user data that a boot sends, rendered with what only the real world knows.
namespace flame::cli {

// What make_plan() wants to know beside the settings.
boot::Facts look_up_facts(World& world);
// The same with zeros for what is random, as long, so that two calls print the same bytes.
boot::Facts facts_for_print(const World& world);

// A URL by which anyone may fetch the bundle until the bootstrap must be over, signed now with the
// clock and the credentials of `ec2`. It is a secret. Warns when the credentials end sooner.
Result<std::string> presigned_url(const boot::Runner& runner, const config::Settings& settings,
                                  client::Ec2Client& ec2, World& world, Console& console);

// The user data with that URL, its size checked.
Result<std::string> render(boot::Runner runner, const config::Settings& settings,
                           client::Ec2Client& ec2, World& world, Console& console);

} // namespace flame::cli
