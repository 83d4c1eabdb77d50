#include "boot/image.hpp"
#include "boot/request.hpp"
#include "boot/run.hpp"
#include "cli/booting.hpp"
#include "cli/commands.hpp"
#include "cli/delivery.hpp"
#include "cli/evidence.hpp"
#include "cli/output.hpp"
#include "cli/planning.hpp"
#include "cli/read_settings.hpp"
#include "cli/user_data.hpp"
#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

// How long an attached caller may take to send its settings; the boot timeout counts from then on.
constexpr Millis k_settings_limit = std::chrono::minutes(1);

// Beside a launch template nobody has looked into, which a boot would.
void say_left_out(const Planning& it)
{
  if (it.here) {
    it.console.note(fmt::format("auto_configure: a boot would also fill what launch template {} "
                                "leaves open, from {}",
                                it.settings().launch_template_id, it.here->origin));
  }
}

DryRun dry_run_of(const Planning& it, std::string_view user_data, bool exact)
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

Result<void> print_dry_run(const Planning& it, std::string_view user_data)
{
  const bool exact = it.invocation.has("--show-secrets");
  if (!exact) {
    it.console.note("secrets are shown as ***; --show-secrets shows them");
  }
  return it.world.write_out(dry_run_output(dry_run_of(it, user_data, exact), it.invocation.output));
}

Result<void> dry_run(const Planning& it)
{
  return longest_user_data(it).and_then(
    [&](const std::string& user_data) { return print_dry_run(it, user_data); });
}

// EC2 checks each candidate: permissions, names, and whether the zone offers the type. Nothing is
// launched. All that it refuses is reported.
Result<void> dry_run_by_ec2(const Planning& before)
{
  const auto cloud = connect_for(before);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto planned = ready_to_launch(before, **cloud);
  if (!planned) {
    return tl::unexpected(planned.error());
  }
  const Planning& it = *planned;
  const auto user_data =
    unlaunched_user_data(it.plan, it.settings(), **cloud, it.world, it.console);
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
          .listen =
            [&delivery](const std::vector<std::string>& ids, aws::CallLimit limit) {
              return boot::each_said(
                ids, [&](const std::string& id) { return delivery.listen(id, limit); });
            },
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
  if (invocation.has("--dry-run") && invocation.output == Output::env) {
    return fail(ErrorKind::usage,
                fmt::format("{} --dry-run has no --output env", invocation.command->name),
                "choose one of text, json");
  }
  const auto then = [&](const Planning& it) {
    const auto how = invocation.value("--dry-run");
    if (!how) {
      return plan_and_launch(it, use);
    }
    if (*how == "ec2") {
      return dry_run_by_ec2(it);
    }
    say(it.plan, console);
    say_left_out(it);
    return dry_run(it);
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
