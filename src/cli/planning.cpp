#include "cli/planning.hpp"

#include "boot/look_up.hpp"
#include "boot/max_running.hpp"
#include "boot/user_data.hpp"
#include "cli/carried.hpp"
#include "cli/cloud.hpp"
#include "cli/inspect.hpp"
#include "cli/look_up.hpp"
#include "cli/read_settings.hpp"
#include "cli/user_data.hpp"
#include "fleet/finding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr Millis k_lookup_limit = std::chrono::seconds(30); // for all that is asked beforehand
// For what a boot can do without.
constexpr Millis k_survey_limit = std::chrono::seconds(10);

aws::CallLimit limit_of(const Planning& it, Millis longest)
{
  return {.deadline = std::min(it.world.clock->now() + longest, it.started + it.plan.boot_timeout)};
}

} // namespace

Result<void> plan_from_settings(const Invocation& invocation, World& world, Console& console,
                                const std::optional<std::string>& attached,
                                const std::function<void(config::Settings&)>& adjust,
                                const std::function<Result<void>(const Planning&)>& then)
{
  const TimePoint started = world.clock->now();
  auto [configured, here] = read_boot_settings(invocation, world, console, attached);
  if (adjust) {
    adjust(configured.settings);
  }
  boot::Facts facts = look_up_facts(world);
  facts.local_address = configured.local_address;
  const auto plan = boot::make_plan(configured.settings, facts);
  const auto more = plan ? std::optional<Error>() : plan.error();
  if (auto valid = no_mistakes(configured, more); !valid) {
    return valid;
  }
  if (const auto there = check_local_bundle(plan->bundle); !there) {
    return no_mistakes(configured, there.error());
  }
  return then({.invocation = invocation,
               .world = world,
               .console = console,
               .here = here,
               .started = started,
               .configured = std::move(configured),
               .facts = std::move(facts),
               .plan = *plan});
}

Result<std::unique_ptr<Cloud>> connect_for(const Planning& it)
{
  config::Settings settings = it.settings();
  settings.run_id = it.plan.run_id;
  return connect(settings, it.world, it.console);
}

void say(const boot::Plan& plan, Console& console)
{
  for (const std::string& warning : plan.warnings) {
    console.warn(warning);
  }
  for (const std::string& notice : plan.notices) {
    console.note(notice);
  }
}

Result<Planning> looked_up(Planning it, Cloud& cloud)
{
  if (boot::lookups_of(it.settings()).empty()) {
    say(it.plan, it.console);
    return it;
  }
  auto known = look_up({it.configured, it.facts}, {it.here, it.invocation.command->groups}, cloud,
                       limit_of(it, k_lookup_limit), it.console);
  if (!known) {
    return tl::unexpected(known.error());
  }
  it.configured = std::move(known->configured);
  it.facts = std::move(known->facts);
  auto plan = boot::make_plan(it.settings(), it.facts);
  const auto more = plan ? std::optional<Error>() : plan.error();
  if (const auto valid = no_mistakes(it.configured, more); !valid) {
    return tl::unexpected(valid.error());
  }
  it.plan = std::move(*plan);
  say(it.plan, it.console);
  return it;
}

Result<boot::Survey> surveyed(const Planning& it, const boot::SurveyWanted& wanted, Cloud& cloud)
{
  auto found = boot::survey(
    wanted, it.settings(), it.facts,
    {.ec2 = cloud.ec2(), .network = cloud.ec2().network(), .limit = limit_of(it, k_survey_limit)});
  if (found) {
    for (const std::string& sentence : found->unlooked) {
      it.console.detail(sentence);
    }
  }
  return found;
}

namespace {

Result<void> check_room(const Planning& it, Cloud& cloud)
{
  if (!it.settings().max_running) {
    return {};
  }
  return living(it, cloud).and_then(
    [&](std::size_t live) { return boot::check_max_running(it.plan, it.settings(), live); });
}

Result<Planning> without_impossible(Planning it, Cloud& cloud)
{
  auto plan = surveyed(it, boot::survey_wanted(it.plan.candidates), cloud)
                .and_then([&](const boot::Survey& survey) {
                  return boot::without_impossible(it.plan, survey);
                });
  if (!plan) {
    return tl::unexpected(std::move(plan.error()));
  }
  it.plan = std::move(*plan);
  for (const std::string& why : boot::reasons_of(it.plan.dropped)) {
    it.console.note(fmt::format("not asked for: {}", why));
  }
  return it;
}

} // namespace

Result<Planning> ready_to_launch(Planning it, Cloud& cloud)
{
  return looked_up(std::move(it), cloud).and_then([&](Planning done) -> Result<Planning> {
    if (const auto room = check_room(done, cloud); !room) {
      return tl::unexpected(room.error());
    }
    return without_impossible(std::move(done), cloud);
  });
}

Result<std::size_t> living(const Planning& it, Cloud& cloud)
{
  return fleet::find_ours(
           {.app = it.plan.app}, false,
           {.ec2 = cloud.ec2(), .clock = *it.world.clock, .cancel = *it.world.cancel})
    .map([](const std::vector<aws::Instance>& found) { return found.size(); })
    .map_error([](const aws::ApiError& failed) {
      Error why = failed.error;
      why.message =
        fmt::format("cannot count the machines of the app, for max_running: {}", why.message);
      return why;
    });
}

Result<std::string> longest_user_data(const Planning& it)
{
  boot::Runner least = it.plan.runner;
  least.env_url = it.settings().store.empty() ? "" : "x"; // where the environment can go
  if (const auto fits = boot::make_user_data(least); !fits) {
    return tl::unexpected(fits.error()); // what is too long without a URL is too long with any
  }
  const auto runner = unsent_runner(it.plan.runner, it.plan.bundle, it.settings(), it.console);
  if (!runner) {
    return tl::unexpected(runner.error());
  }
  auto user_data = boot::make_user_data(*runner);
  if (user_data) {
    return user_data;
  }
  it.console.warn(
    fmt::format("with the longest URL that the bundle can get, {}", user_data.error().message));
  return boot::render_user_data(*runner);
}

} // namespace flame::cli
