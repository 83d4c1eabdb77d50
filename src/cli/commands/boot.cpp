#include "boot/image.hpp"
#include "boot/look_up.hpp"
#include "boot/request.hpp"
#include "boot/run.hpp"
#include "cli/booting.hpp"
#include "cli/carried.hpp"
#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/delivery.hpp"
#include "cli/evidence.hpp"
#include "cli/inspect.hpp"
#include "cli/look_up.hpp"
#include "cli/output.hpp"
#include "cli/read_settings.hpp"
#include "cli/user_data.hpp"
#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr Millis k_lookup_limit = std::chrono::seconds(30); // for all that is asked beforehand
// How long an attached caller may take to send its settings; the boot timeout counts from then on.
constexpr Millis k_settings_limit = std::chrono::minutes(1);

// Once AWS has been asked for what is needed.
struct Known {
  boot::Facts facts = {};
  boot::Plan plan = {};
};

// What the parts of this command share.
struct Boot {
  const Invocation& invocation;
  World& world;
  Console& console;
  const config::Configured& configured;
  const config::Settings& settings;
  const std::optional<boot::Model>& here; // fills what a launch template leaves open
  const boot::Facts& facts;
  const boot::Plan& plan;
  const BootUse& use;
  TimePoint started; // of the command

  Boot with(const Known& known) const
  {
    return {invocation, world,       console,    configured, settings,
            here,       known.facts, known.plan, use,        started};
  }
};

// AWS's logs shall tell whose requests these were.
config::Settings with_run_id(const Boot& it)
{
  config::Settings settings = it.settings;
  settings.run_id = it.plan.run_id;
  return settings;
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

// Most need nothing.
Result<Known> looked_up(const Boot& it, Cloud& cloud)
{
  if (boot::lookups_of(it.settings).empty()) {
    say(it.plan, it.console);
    return Known{it.facts, it.plan};
  }
  const TimePoint deadline =
    std::min(it.world.clock->now() + k_lookup_limit, it.started + it.plan.boot_timeout);
  const auto known = look_up({it.configured, it.facts}, {it.here, it.invocation.command->groups},
                             cloud, {.deadline = deadline}, it.console);
  if (!known) {
    return tl::unexpected(known.error());
  }
  auto plan = boot::make_plan(known->configured.settings, known->facts);
  const auto more = plan ? std::optional<Error>() : plan.error();
  if (const auto valid = no_mistakes(known->configured, more); !valid) {
    return tl::unexpected(valid.error());
  }
  say(*plan, it.console);
  return Known{known->facts, std::move(*plan)};
}

// Beside a launch template nobody has looked into, which a boot would.
void say_left_out(const Boot& it)
{
  if (it.here) {
    it.console.note(fmt::format("auto_configure: a boot would also fill what launch template {} "
                                "leaves open, from {}",
                                it.settings.launch_template_id, it.here->origin));
  }
}

DryRun dry_run_of(const Boot& it, std::string_view user_data, bool exact)
{
  DryRun result{.run_id = it.plan.run_id, .region = it.plan.region};
  for (const boot::Candidate& candidate : it.plan.candidates) {
    result.candidates.push_back(boot::describe(candidate));
  }
  result.request = boot::launch_parameters(it.plan, it.plan.candidates.front(), user_data, "");
  // The token is random, one for each try.
  std::erase_if(result.request, [](const auto& pair) { return pair.first == "ClientToken"; });
  for (auto& [name, value] : result.request) {
    if (name == "UserData" && !exact) {
      value = fmt::format("*** ({} bytes before base64)", user_data.size());
    }
  }
  return result;
}

Result<void> print_dry_run(const Boot& it, std::string_view user_data)
{
  const bool exact = it.invocation.has("--show-secrets");
  if (!exact) {
    it.console.note("secrets are shown as ***; --show-secrets shows them");
  }
  return it.world.write_out(dry_run_output(dry_run_of(it, user_data, exact), it.invocation.output));
}

Result<void> dry_run(const Boot& it)
{
  boot::Runner least = it.plan.runner;
  least.env_url = it.settings.store.empty() ? "" : "x"; // where the environment can go
  if (const auto fits = boot::make_user_data(least); !fits) {
    return tl::unexpected(fits.error()); // what is too long without a URL is too long with any
  }
  const auto runner = unsent_runner(it.plan.runner, it.plan.bundle, it.settings, it.console);
  if (!runner) {
    return tl::unexpected(runner.error());
  }
  const auto user_data = boot::make_user_data(*runner);
  if (!user_data) {
    it.console.warn(
      fmt::format("with the longest URL that the bundle can get, {}", user_data.error().message));
  }
  return print_dry_run(it, user_data ? *user_data : boot::render_user_data(*runner));
}

// EC2 checks each candidate: permissions, names, and whether the zone offers the type. Nothing is
// launched. All that it refuses is reported.
Result<void> dry_run_by_ec2(const Boot& before)
{
  const auto cloud = connect(with_run_id(before), before.world, before.console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto known = looked_up(before, **cloud);
  if (!known) {
    return tl::unexpected(known.error());
  }
  const Boot it = before.with(*known);
  const auto user_data = unlaunched_user_data(it.plan, it.settings, **cloud, it.world, it.console);
  if (!user_data) {
    return tl::unexpected(user_data.error());
  }
  std::optional<Error> refused;
  for (const boot::Candidate& candidate : it.plan.candidates) {
    aws::Params params = boot::launch_parameters(it.plan, candidate, *user_data, it.plan.run_id);
    params.emplace_back("DryRun", "true");
    const auto answer = (*cloud)->ec2().run_instances(
      params, {.deadline = it.world.clock->now() + it.plan.boot_timeout});
    if (answer || answer.error().error_class == aws::ErrorClass::dry_run) {
      it.console.note(fmt::format("EC2 would launch {}", boot::describe(candidate)));
    } else if (refused) {
      refused->also.push_back({answer.error().error.message, answer.error().error.hint});
    } else {
      refused = answer.error().error;
    }
  }
  const auto printed = print_dry_run(it, *user_data);
  return printed && refused ? Result<void>(tl::unexpected(*refused)) : printed;
}

// Before the first request of any kind, so that whoever is left can end what this run starts.
Result<void> write_run_id(const Boot& it)
{
  const std::string& file = it.settings.run_id_file;
  return file.empty() ? Result<void>() : it.world.write_file(file, it.plan.run_id + "\n");
}

void announce(const Boot& it)
{
  it.console.note(fmt::format("to end what this run starts: {}",
                              fleet::terminate_command(it.plan.region, it.plan.run_id)));
}

boot::BootParts parts_of(const Boot& it, Cloud& cloud, Delivery& delivery, Evidence& evidence)
{
  return {.ec2 = cloud.ec2(),
          .clock = *it.world.clock,
          .cancel = *it.world.cancel,
          .random = *it.world.random,
          .progress = it.console,
          .render = [&delivery](std::size_t first) { return delivery.render(first); },
          .listen =
            [&delivery](const std::vector<std::string>& ids, aws::CallLimit limit) {
              return boot::each_said(
                ids, [&](const std::string& id) { return delivery.listen(id, limit); });
            },
          .hear = [&evidence](const boot::LastWords& words) { evidence.hear(words); },
          .report =
            [&it](const boot::BootResult& result) {
              it.console.clear();
              return it.use.then ? Result<void>()
                                 : it.world.write_out(boot_output(result, it.invocation.output));
            },
          .started = it.started};
}

Result<void> launch(const Boot& before)
{
  const auto cloud = connect(with_run_id(before), before.world, before.console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  if (auto written = write_run_id(before); !written) {
    return written;
  }
  // Looked up before anything is promised: without them there is nothing to end.
  if (const auto credentials = (*cloud)->ec2().credentials(); !credentials) {
    return tl::unexpected(credentials.error());
  }
  announce(before);
  const auto known = looked_up(before, **cloud);
  if (!known) {
    Error why = known.error();
    why.run_id = before.plan.run_id;
    return tl::unexpected(std::move(why));
  }
  const Boot it = before.with(*known);
  Evidence evidence(it.settings.evidence_dir, it.plan, it.world, it.console);
  Delivery delivery(
    {.plan = it.plan,
     .settings = it.settings,
     .cloud = **cloud,
     .world = it.world,
     .console = it.console,
     .machine = {.architecture = boot::architecture_of(it.plan, it.facts),
                 .root_volume_size = boot::root_volume_size(it.settings, it.facts)},
     .hide = [&evidence](const std::string& secret) { evidence.add_secret(secret); }});
  if (auto ready = delivery.prepare(); !ready) {
    ready.error().run_id = it.plan.run_id;
    return tl::unexpected(std::move(ready.error()));
  }
  const auto result = boot::run(it.plan, parts_of(it, **cloud, delivery, evidence));
  it.console.clear();
  if (result && it.use.then) {
    return it.use.then({it.plan, it.settings, *result, **cloud, delivery, evidence, it.started});
  }
  // Once nobody is left to read it.
  if (result ? it.plan.wait_for == config::WaitFor::ready : result.error().instances.empty()) {
    delivery.forget_environment();
  }
  return result ? Result<void>() : tl::unexpected(evidence.keep(result.error()));
}

} // namespace

Result<void> boot_with(const Invocation& invocation, World& world, Console& console,
                       const std::optional<std::string>& attached, const BootUse& use)
{
  const TimePoint started = world.clock->now();
  auto [configured, here] = read_boot_settings(invocation, world, console, attached);
  if (use.adjust) {
    use.adjust(configured.settings);
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
  const Boot it{invocation, world, console, configured, configured.settings,
                here,       facts, *plan,   use,        started};
  if (const auto how = invocation.value("--dry-run")) {
    if (*how == "ec2") {
      return dry_run_by_ec2(it);
    }
    say(*plan, console);
    say_left_out(it);
    return dry_run(it);
  }
  return launch(it);
}

Result<void> run_boot(const Invocation& invocation, World& world, Console& console)
{
  if (!invocation.has("--attached")) {
    return boot_with(invocation, world, console, std::nullopt, {});
  }
  const auto caller = world.attach();
  const auto line = caller->first_line(world.clock->now() + k_settings_limit);
  if (!line) {
    return tl::unexpected(line.error());
  }
  World attached = world; // in which the caller can cancel too
  attached.cancel = caller.get();
  return boot_with(invocation, attached, console, *line, {});
}

} // namespace flame::cli
