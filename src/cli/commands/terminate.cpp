#include "base/text.hpp"
#include "base/time.hpp"
#include "boot/names.hpp"
#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/read_settings.hpp"
#include "fleet/ending.hpp"
#include "fleet/finding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

using std::chrono::seconds;

constexpr Millis k_settle = seconds(30);
constexpr Millis k_end_limit = seconds(60);               // until EC2 has accepted it
constexpr Millis k_wait_limit = std::chrono::minutes(15); // until the machines are gone
constexpr std::string_view k_selectors[] = {"--run-id", "--run-id-file", "--app", "--all"};

tl::unexpected<Error> usage_error(std::string message, std::string hint)
{
  return fail(ErrorKind::usage, std::move(message), std::move(hint));
}

// A selector that is empty is the variable of a script that was not set.
Result<std::string> not_empty(std::string_view flag, std::string value)
{
  if (trim(value).empty()) {
    return usage_error(fmt::format("the value of {} is empty", flag),
                       "is the variable that it comes from set?");
  }
  return std::string(trim(value));
}

Result<std::string> as_run_id(std::string_view flag, std::string value)
{
  auto id = not_empty(flag, std::move(value));
  const auto valid = id ? boot::check_run_id(*id) : Result<void>();
  if (!valid) {
    return usage_error(valid.error().message, valid.error().hint);
  }
  return id;
}

Result<fleet::Selector> select(const Invocation& invocation, const World& world)
{
  fleet::Selector selector{.ids = invocation.operands};
  std::vector<std::string> given;
  for (const std::string_view flag : k_selectors) {
    if (invocation.has(flag)) {
      given.emplace_back(flag);
    }
  }
  if (given.size() + (selector.ids.empty() ? 0 : 1) != 1) {
    return usage_error(given.empty() ? "nothing is selected"
                                     : fmt::format("{}{} cannot be combined", join(given, " and "),
                                                   selector.ids.empty() ? "" : " and ids"),
                       "give ids, or exactly one of --run-id, --run-id-file, --app and --all");
  }
  if (given.empty()) {
    return fleet::check_instance_ids(selector.ids).map([&] { return selector; });
  }
  const std::string flag = given.front();
  const std::string value = *invocation.value(flag);
  const auto keep = [&](std::string fleet::Selector::*field) {
    return [&selector, field](std::string text) {
      selector.*field = std::move(text);
      return selector;
    };
  };
  if (flag == "--run-id-file") {
    return not_empty(flag, value)
      .and_then([&](const std::string& path) { return world.read_file(path); })
      .and_then([&](std::string text) { return as_run_id(flag, std::move(text)); })
      .map(keep(&fleet::Selector::run_id));
  }
  if (flag == "--run-id") {
    return as_run_id(flag, value).map(keep(&fleet::Selector::run_id));
  }
  if (flag == "--app") {
    return not_empty(flag, value).map(keep(&fleet::Selector::app));
  }
  selector.all = true;
  return selector;
}

// What the parts of this command share.
struct Termination {
  const Invocation& invocation;
  World& world;
  Console& console;
  const std::string& region;
  const fleet::Selector& selector;
  Cloud& cloud;
  fleet::FleetParts parts() const { return {cloud.ec2(), *world.clock, *world.cancel}; }
  bool asks_first() const
  {
    return (selector.all || !selector.app.empty()) && !invocation.has("--yes");
  }
};

std::string row(const aws::Instance& machine)
{
  const auto tag = [&](const char* name) {
    const auto found = machine.tags.find(name);
    return found == machine.tags.end() ? std::string("-") : found->second;
  };
  return fmt::format("  {}  {}  {}  app {}  run {}\n", machine.id, machine.instance_type,
                     machine.launch_time, printable(tag("flame-ec2:app")),
                     printable(tag("flame-ec2:run-id")));
}

Result<void> confirm(const Termination& it, const std::vector<aws::Instance>& machines)
{
  std::string text;
  for (const aws::Instance& machine : machines) {
    text += row(machine);
  }
  it.console.raw(fmt::format(
    "{}End {} in {}? [y/N] ", text,
    machines.size() == 1 ? "this machine" : fmt::format("these {} machines", machines.size()),
    it.region));
  const std::string answer = to_lower(trim(it.world.read_line().value_or("")));
  if (const int signal = it.world.cancel->state().signal; signal != 0) {
    return tl::unexpected(fleet::interrupted_by(signal));
  }
  if (answer != "y" && answer != "yes") {
    return usage_error("nothing is ended", "answer y, or give --yes");
  }
  return {};
}

// With ids, those that EC2 does not show are ended too: a machine becomes visible seconds after
// its launch.
Result<std::vector<std::string>> ids_to_end(const Termination& it,
                                            const std::vector<aws::Instance>& live)
{
  std::vector<std::string> ids;
  if (it.selector.ids.empty()) {
    std::ranges::transform(live, std::back_inserter(ids), &aws::Instance::id);
    return ids;
  }
  Mistakes foreign(ErrorKind::usage);
  for (const aws::Instance& machine : live) {
    if (!fleet::is_ours(machine)) {
      foreign.add(fmt::format("{} was not started by flame-ec2", machine.id),
                  "give --force to end it all the same");
    }
  }
  if (!foreign.empty()) {
    return tl::unexpected(foreign.error());
  }
  return it.selector.ids;
}

// Which account and region were asked matters most when nothing was there.
void say_nothing_found(const Termination& it)
{
  const auto account = it.cloud.account();
  const std::string what = !it.selector.run_id.empty() ? "run " + it.selector.run_id
                           : !it.selector.app.empty()  ? "app " + it.selector.app
                                                       : "flame-ec2";
  it.console.note(
    fmt::format("no machine of {} lives in {} of {}", what, it.region,
                account ? "account " + *account : "an account that STS did not name"));
}

Result<std::vector<std::string>> find(const Termination& it, Millis settle)
{
  if (!it.selector.ids.empty() && it.invocation.has("--force")) {
    return it.selector.ids;
  }
  it.console.doing("looking for machines");
  const auto live = fleet::find_live(it.selector, settle, it.parts());
  it.console.clear();
  if (!live) {
    return tl::unexpected(live.error());
  }
  if (live->empty() && it.selector.ids.empty()) {
    say_nothing_found(it);
  } else if (it.asks_first()) {
    if (const auto confirmed = confirm(it, *live); !confirmed) {
      return tl::unexpected(confirmed.error());
    }
  }
  return ids_to_end(it, *live);
}

Result<void> end(const Termination& it, const std::vector<std::string>& ids)
{
  const fleet::EndReport report =
    fleet::end_machines(ids, it.world.clock->now() + k_end_limit, it.parts());
  Result<void> outcome = fleet::as_result(report);
  if (it.invocation.has("--wait") && !report.ended.empty()) {
    it.console.doing("waiting until they are gone");
    const auto gone =
      fleet::wait_until_gone(report.ended, it.world.clock->now() + k_wait_limit, it.parts());
    it.console.clear();
    outcome = outcome ? gone : outcome;
  }
  const auto written = it.world.write_out(
    ended_output({it.region, it.selector.run_id, report.ended}, it.invocation.output));
  return outcome ? written : outcome;
}

Result<Millis> settle_time(const Invocation& invocation)
{
  const auto text = invocation.value("--settle");
  const auto time = text ? parse_duration(*text) : Result<Millis>(k_settle);
  if (!time) {
    return usage_error("--settle: " + time.error().message, time.error().hint);
  }
  return time;
}

} // namespace

Result<void> run_terminate(const Invocation& invocation, World& world, Console& console)
{
  const auto selector = select(invocation, world);
  const auto settle = settle_time(invocation);
  if (!selector || !settle) {
    return tl::unexpected(!selector ? selector.error() : settle.error());
  }
  const bool many = selector->all || !selector->app.empty();
  if (many && !invocation.has("--yes") && !world.terminal.input) {
    return usage_error(
      fmt::format("{} needs --yes when nobody can be asked", selector->all ? "--all" : "--app"),
      "add --yes, or run it in a terminal");
  }
  const config::Configured configured = read_settings(invocation, world, console);
  const config::Settings& settings = configured.settings;
  const auto more = settings.region.empty()
                      ? std::optional(Error{.kind = ErrorKind::config,
                                            .message = "region is not set",
                                            .hint = "give --region REGION or set AWS_REGION"})
                      : std::nullopt;
  if (const auto valid = no_mistakes(configured, more); !valid) {
    return valid;
  }
  const auto cloud = connect(settings, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const Termination it{invocation, world, console, settings.region, *selector, **cloud};
  const auto ids = find(it, *settle);
  return ids ? end(it, *ids) : Result<void>(tl::unexpected(ids.error()));
}

} // namespace flame::cli
