#include "boot/image.hpp"
#include "boot/run.hpp"
#include "cli/booting.hpp"
#include "cli/commands.hpp"
#include "cli/delivery.hpp"
#include "cli/dry_run.hpp"
#include "cli/evidence.hpp"
#include "cli/output.hpp"
#include "cli/planning.hpp"
#include "cli/read_settings.hpp"
#include "fleet/ending.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

// How long an attached caller may take to send its settings; the boot timeout counts from then on.
constexpr Millis k_settings_limit = std::chrono::minutes(1);

// Before the first request of any kind, so that whoever is left can end what this run starts.
Result<void> write_run_id(const Planning& it)
{
  const std::string& file = it.settings().run_id_file;
  return file.empty() ? Result<void>() : it.world.write_file(file, it.plan.run_id + "\n");
}

// While nothing has been launched: once a boot has failed it would be too late to say.
Result<void> can_keep_evidence(const Planning& it)
{
  const std::string& folder = it.settings().evidence_dir;
  const auto made = folder.empty() ? Result<void>() : it.world.make_folder(folder);
  return made
           ? made
           : no_mistakes(it.configured,
                         Error{.kind = ErrorKind::config,
                               .message = fmt::format("evidence_dir {}", made.error().message),
                               .hint = "give a folder that can be written; it need not be there"});
}

void announce(const Planning& it)
{
  it.console.note(fmt::format("to end what this run starts: {}",
                              fleet::terminate_command(it.plan.region, it.plan.run_id)));
}

boot::BootParts parts_of(const Planning& it, const BootUse& use, Cloud& cloud, Delivery& delivery,
                         Evidence& evidence)
{
  return {.ec2 = cloud.ec2(),
          .clock = *it.world.clock,
          .cancel = *it.world.cancel,
          .random = *it.world.random,
          .progress = it.console,
          .render = [&delivery](std::size_t first) { return delivery.render(first); },
          .listen = [&delivery](const std::vector<std::string>& ids,
                                aws::CallLimit limit) { return delivery.listen(ids, limit); },
          .hear = [&evidence](const boot::LastWords& words) { evidence.hear(words); },
          .report =
            [&it, &use](const boot::BootResult& result) {
              it.console.clear();
              return use.then ? Result<void>()
                              : it.world.write_out(boot_output(result, it.invocation.output));
            },
          .started = it.started};
}

// Machines of a plan that stands.
Result<void> launch(const Planning& it, const BootUse& use, Cloud& cloud)
{
  Evidence evidence(it.settings().evidence_dir, it.plan, it.world, it.console);
  Delivery delivery(
    {.plan = it.plan,
     .settings = it.settings(),
     .cloud = cloud,
     .world = it.world,
     .console = it.console,
     .machine = {.architecture = boot::architecture_of(it.plan, it.facts),
                 .root_volume_size = boot::root_volume_size(it.settings(), it.facts)},
     .hide = [&evidence](const std::string& secret) { evidence.add_secret(secret); }});
  if (auto ready = delivery.prepare(); !ready) {
    return ready;
  }
  const auto result = boot::run(it.plan, parts_of(it, use, cloud, delivery, evidence));
  it.console.clear();
  if (result && use.then) {
    return use.then({it.plan, it.settings(), *result, cloud, delivery, evidence, it.started});
  }
  // Once nobody is left to read it.
  if (result ? it.plan.wait_for == config::WaitFor::ready : result.error().instances.empty()) {
    delivery.forget_environment();
  }
  if (result) {
    return {};
  }
  const bool none_left = result.error().kind == ErrorKind::capacity;
  return tl::unexpected(evidence.keep(
    none_left ? boot::with_dropped(result.error(), it.plan.dropped) : result.error()));
}

Result<void> plan_and_launch(const Planning& before, const BootUse& use)
{
  const auto cloud = connect_for(before);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  if (auto ready = can_keep_evidence(before).and_then([&] { return write_run_id(before); });
      !ready) {
    return ready;
  }
  // Looked up before anything is promised: without them there is nothing to end.
  if (const auto credentials = (*cloud)->ec2().credentials(); !credentials) {
    return tl::unexpected(credentials.error());
  }
  announce(before);
  auto launched = ready_to_launch(before, **cloud).and_then([&](const Planning& it) {
    return launch(it, use, **cloud);
  });
  if (!launched && launched.error().run_id.empty()) {
    launched.error().run_id = before.plan.run_id;
  }
  return launched;
}

} // namespace

Result<void> boot_with(const Invocation& invocation, World& world, Console& console,
                       const std::optional<std::string>& attached, const BootUse& use)
{
  if (auto valid = check_dry_run(invocation); !valid) {
    return valid;
  }
  const auto then = [&](const Planning& it) {
    return invocation.has("--dry-run") ? dry_run(it) : plan_and_launch(it, use);
  };
  return plan_from_settings(invocation, world, console, attached, use.adjust, then);
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
