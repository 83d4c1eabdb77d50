#include "cli/doctor.hpp"

#include "boot/look_up.hpp"
#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/read_settings.hpp"
#include "cli/run_settings.hpp"
#include "cli/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr Millis k_lookup_limit = std::chrono::seconds(30);

using Look = Findings (*)(Patient& patient);
// In the order of the lines.
constexpr Look k_looks[] = {look_at_template, look_at_image,  look_at_profile, look_at_bundle,
                            look_at_network,  look_at_launch, look_at_clock};

void add(Findings& to, Findings more)
{
  std::ranges::move(more, std::back_inserter(to));
}

// What a boot would refuse before it asks anybody.
Findings of_settings(const Error& error)
{
  Findings findings = {boot::bad("settings", error)};
  for (const Mistake& mistake : error.also) {
    findings.push_back(boot::bad("settings", mistake.message, mistake.hint, error.kind));
  }
  return findings;
}

Findings warnings_of(const boot::Plan& plan)
{
  Findings findings;
  for (const std::string& warning : plan.warnings) {
    findings.push_back(boot::doubtful("settings", warning, ""));
  }
  return findings;
}

// The plan with what AWS knows, as a boot has it. What may not be looked up is said by the looks.
Result<Known> looked_up(const Invocation& invocation, World& world, Cloud& cloud, Known known,
                        const std::optional<boot::Model>& here)
{
  Invocation quiet = invocation;
  quiet.quiet = true;
  Console nobody(quiet, world);
  return look_up(std::move(known), {here, invocation.command->groups}, cloud,
                 {.deadline = world.clock->now() + k_lookup_limit}, nobody);
}

// All that needs a plan.
Findings examine(const Invocation& invocation, World& world, Console& console, Cloud& cloud,
                 const BootSettings& settings)
{
  boot::Facts facts = look_up_facts(world);
  facts.local_address = settings.configured.local_address;
  auto plan = boot::make_plan(settings.configured.settings, facts);
  auto more = plan ? std::optional<Error>() : plan.error();
  if (const auto valid = no_mistakes(settings.configured, more); !valid) {
    return of_settings(valid.error());
  }
  const auto known =
    looked_up(invocation, world, cloud, {settings.configured, facts}, settings.here);
  if (!known) {
    return {boot::bad("launch", known.error())};
  }
  plan = boot::make_plan(known->configured.settings, known->facts);
  more = plan ? std::optional<Error>() : plan.error();
  if (const auto valid = no_mistakes(known->configured, more); !valid) {
    return of_settings(valid.error());
  }
  Patient patient{.world = world,
                  .console = console,
                  .cloud = cloud,
                  .settings = known->configured.settings,
                  .facts = known->facts,
                  .plan = std::move(*plan)};
  Findings findings = warnings_of(patient.plan);
  for (const Look look : k_looks) {
    if (world.cancel->state().signal == 0) {
      add(findings, look(patient));
    }
  }
  return findings;
}

void name_caller(Diagnosis& diagnosis, const Result<client::CallerIdentity>& caller)
{
  constexpr std::string_view check = "caller";
  if (!caller) {
    diagnosis.findings.push_back(boot::bad(check, caller.error()));
    return;
  }
  diagnosis.account = caller->account;
  diagnosis.arn = caller->arn;
  diagnosis.findings.push_back(
    boot::good(check, fmt::format("{}, account {}, region {}", caller->arn, caller->account,
                                  diagnosis.region)));
}

// The status of the first failure; the lines say the rest.
Result<void> outcome(const Findings& findings, const Cancel& cancel)
{
  if (const int signal = cancel.state().signal; signal != 0) {
    Error error{.kind = ErrorKind::interrupted, .message = "doctor was interrupted"};
    error.signal = signal;
    return tl::unexpected(error);
  }
  const auto first = std::ranges::find(findings, boot::Verdict::fail, &boot::Finding::verdict);
  return first == findings.end() ? Result<void>()
                                 : tl::unexpected(Error{.kind = first->kind, .in_result = true});
}

} // namespace

Result<void> run_doctor(const Invocation& invocation, World& world, Console& console)
{
  BootSettings settings = read_boot_settings(invocation, world, console, std::nullopt);
  if (invocation.value("--for") == "run") {
    fill_run_settings(settings.configured.settings, "true");
  }
  const config::Settings& merged = settings.configured.settings;
  const std::string region = merged.region;
  if (region.empty() || !settings.configured.mistakes.empty()) { // nobody can be asked
    const auto plan = boot::make_plan(merged, look_up_facts(world));
    return no_mistakes(settings.configured, plan ? std::optional<Error>() : plan.error());
  }
  Findings providers;
  const auto cloud = connect(merged, world, console, [&](const client::ProviderAnswer& answer) {
    providers.push_back(finding_of(answer));
  });
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  console.doing(fmt::format("asking AWS in {}", region));
  Diagnosis diagnosis{.region = region};
  name_caller(diagnosis, (*cloud)->caller());
  add(diagnosis.findings, std::move(providers));
  if ((*cloud)->ec2().credentials()) {
    add(diagnosis.findings, examine(invocation, world, console, **cloud, settings));
  }
  console.clear();
  const auto written =
    world.write_out(diagnosis_output(diagnosis, invocation.output, world.terminal.out_width));
  return written ? outcome(diagnosis.findings, *world.cancel) : written;
}

} // namespace flame::cli
