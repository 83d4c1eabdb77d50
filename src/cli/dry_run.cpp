#include "cli/dry_run.hpp"

#include "boot/image.hpp"
#include "boot/request.hpp"
#include "cli/inspect.hpp"
#include "cli/output.hpp"
#include "cli/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace flame::cli {
namespace {

// Beside a launch template nobody has looked into, which a boot would.
void say_left_out(const Planning& it)
{
  if (it.here) {
    it.console.note(fmt::format("auto_configure: a boot would also fill what launch template {} "
                                "leaves open, from {}",
                                it.settings().launch_template_id, it.here->origin));
  }
}

// Of a bundle of this computer, what a boot looks at without asking anybody.
Result<void> look_into_bundle(const Planning& it)
{
  if (!boot::is_local(it.plan.bundle) || !it.settings().inspect.value_or(true)) {
    return {};
  }
  const MachineFacts machine{.architecture = boot::architecture_of(it.plan, it.facts),
                             .root_volume_size = boot::root_volume_size(it.settings(), it.facts)};
  return inspect_local(it.plan.bundle, inspect_for(it.plan.app, it.settings(), machine))
    .map([&](const std::vector<std::string>& warnings) {
      for (const std::string& warning : warnings) {
        it.console.warn(warning);
      }
    });
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

Result<void> print_dry_run(const Planning& it, std::string_view user_data, const Error* refused)
{
  const bool exact = it.invocation.has("--show-secrets");
  if (!exact) {
    it.console.note("secrets are shown as ***; --show-secrets shows them");
  }
  DryRun shown = dry_run_of(it, user_data, exact);
  shown.error = refused;
  return it.world.write_out(dry_run_output(shown, it.invocation.output));
}

Result<void> dry_run_by_us(const Planning& it)
{
  say(it.plan, it.console);
  say_left_out(it);
  return longest_user_data(it).and_then([&](const std::string& user_data) {
    return look_into_bundle(it).and_then([&] { return print_dry_run(it, user_data, nullptr); });
  });
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
  if (const auto looked = look_into_bundle(it); !looked) {
    return looked;
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
  auto printed = print_dry_run(it, *user_data, refused ? &*refused : nullptr);
  if (!printed || !refused) {
    return printed;
  }
  Result<void> outcome = tl::unexpected(std::move(*refused));
  return it.invocation.output == Output::json ? as_in_result(std::move(outcome)) : outcome;
}

} // namespace

Result<void> check_dry_run(const Invocation& invocation)
{
  if (invocation.has("--dry-run") && invocation.output == Output::env) {
    return fail(ErrorKind::usage,
                fmt::format("{} --dry-run has no --output env", invocation.command->name),
                "choose one of text, json");
  }
  return {};
}

Result<void> dry_run(const Planning& it)
{
  return it.invocation.value("--dry-run") == "ec2" ? dry_run_by_ec2(it) : dry_run_by_us(it);
}

} // namespace flame::cli
