#pragma once

#include "boot/like.hpp"
#include "boot/plan.hpp"
#include "boot/survey.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

// From settings to a plan: what `boot`, `run` and `plan` do before anything is launched.
namespace flame::cli {

// What the parts of such a command share.
struct Planning {
  const Invocation& invocation;
  World& world;
  Console& console;
  const std::optional<boot::Model>& here; // fills what a launch template leaves open
  TimePoint started = {};                 // of the command
  config::Configured configured = {};
  boot::Facts facts = {};
  boot::Plan plan = {}; // of what is known without AWS, until it is looked_up()

  const config::Settings& settings() const { return configured.settings; }
};

// Reads settings, makes the plan as far as it goes without AWS, and hands both to `then`.
// `attached` is the line of settings of an attached caller; `adjust`, which may be empty, changes
// the settings before anything is made of them. All mistakes in one Error.
Result<void> plan_from_settings(const Invocation& invocation, World& world, Console& console,
                                const std::optional<std::string>& attached,
                                const std::function<void(config::Settings&)>& adjust,
                                const std::function<Result<void>(const Planning&)>& then);

// AWS for these settings, whose logs shall tell whose requests these were.
Result<std::unique_ptr<Cloud>> connect_for(const Planning& it);

// Warnings and notices of a plan.
void say(const boot::Plan& plan, Console& console);

// With what AWS has to be asked for, most need nothing; warnings and notices of the plan are said.
Result<Planning> looked_up(Planning it, Cloud& cloud);

// What AWS knows of the candidates of a plan that is looked up; errors as those of boot::survey().
Result<boot::Survey> surveyed(const Planning& it, const boot::SurveyWanted& wanted, Cloud& cloud);

// How many machines of the app live.
Result<std::size_t> living(const Planning& it, Cloud& cloud);

// looked_up(), with room for the machines below max_running, and without the candidates that cannot
// be had, which is said; errors as those of boot::check_max_running() and
// boot::without_impossible() too.
Result<Planning> ready_to_launch(Planning it, Cloud& cloud);

// The user data with the longest URLs that it can get; when that is too long, it is said. Kind
// config: it is too long with any.
Result<std::string> longest_user_data(const Planning& it);

} // namespace flame::cli
