#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/log_reader.hpp"
#include "cli/regions.hpp"
#include "cli/selection.hpp"
#include "cli/stored_logs.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::string_view k_selectors[] = {"--run-id", "--run-id-file", "--app"};
constexpr Millis k_call_limit = std::chrono::seconds(15);

// By id, or the latest of a run or app, dead or alive.
Result<aws::Instance> find_machine(const fleet::Selector& selector, const std::string& region,
                                   Cloud& cloud, const World& world)
{
  const fleet::FleetParts parts{cloud.ec2(), *world.clock, *world.cancel};
  const auto found = selector.ids.empty()
                       ? fleet::find_ours(selector, true, parts)
                       : fleet::describe_machines(
                         selector.ids, {.deadline = world.clock->now() + k_call_limit}, parts);
  if (!found) {
    return tl::unexpected(found.error().error);
  }
  if (found->empty()) {
    const auto account = cloud.account();
    return fail(ErrorKind::refused,
                fmt::format("EC2 shows no machine {} in {} of {}",
                            selector.ids.empty() ? "of " + about(selector) : selector.ids.front(),
                            region,
                            account ? "account " + *account : "an account that STS did not name"),
                "it shows ended machines for about an hour; check the Region");
  }
  return *std::ranges::max_element(*found, {}, [](const aws::Instance& machine) {
    return std::pair(machine.launch_time, machine.id);
  });
}

Result<std::optional<StoredLogs>> stored_of(const aws::S3Object& store,
                                            const fleet::Selector& selector,
                                            const Result<aws::Instance>& machine, Cloud& cloud,
                                            const World& world)
{
  const std::string run_id =
    machine ? std::string(fleet::tag(machine->tags, fleet::k_tag_run_id)) : selector.run_id;
  const std::string id = machine                ? machine->id
                         : selector.ids.empty() ? std::string()
                                                : selector.ids.front();
  if (run_id.empty() && id.empty()) { // of an app: only EC2 knows its machines
    return std::nullopt;
  }
  return read_stored(store, run_id, id, cloud.s3(),
                     {.deadline = world.clock->now() + k_call_limit});
}

} // namespace

Result<void> run_logs(const Invocation& invocation, World& world, Console& console)
{
  const auto selector = read_one_selector(invocation, world, k_selectors);
  if (!selector) {
    return tl::unexpected(selector.error());
  }
  const bool follow = invocation.has("--follow");
  const bool many = selector->ids.size() > 1;
  if (many || (follow && invocation.output == Output::json)) {
    return fail(ErrorKind::usage, many ? "logs shows one machine" : "--follow prints text only",
                many ? "give one id" : "leave one of the flags out");
  }
  auto settings = read_region(invocation, world, console);
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  settings->run_id = selector->run_id;
  const auto cloud = connect(*settings, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto store = find_store(invocation, world);
  if (!store) {
    return tl::unexpected(store.error());
  }
  auto machine = find_machine(*selector, settings->region, **cloud, world);
  const auto stored = follow || !*store ? Result<std::optional<StoredLogs>>(std::nullopt)
                                        : stored_of(**store, *selector, machine, **cloud, world);
  if (!machine && stored && *stored) { // EC2 forgets, a store does not
    machine = aws::Instance{.id = (*stored)->instance_id, .state = aws::InstanceState::terminated};
  }
  if (!machine) {
    return tl::unexpected(machine.error());
  }
  if (!stored) {
    console.warn(stored.error().message);
  }
  const std::string_view run = fleet::tag(machine->tags, fleet::k_tag_run_id);
  console.note(fmt::format("{} is {}{}", machine->id, aws::name(machine->state),
                           run.empty() ? "" : fmt::format(", of run {}", run)));
  const LogsOf of{invocation, world, console, **cloud, *machine};
  return follow ? follow_logs(of) : show_logs(of, settings->region, stored.value_or(std::nullopt));
}

} // namespace flame::cli
