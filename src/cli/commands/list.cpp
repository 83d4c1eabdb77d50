#include "cli/commands.hpp"
#include "cli/fleet_output.hpp"
#include "cli/output.hpp"
#include "cli/regions.hpp"
#include "cli/selection.hpp"
#include "fleet/console_text.hpp"
#include "fleet/stages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::size_t k_most_consoles = 20; // EC2 limits how often consoles are read
constexpr Millis k_call_limit = std::chrono::seconds(15);

// The stages of ended machines, newest first.
void read_stages(std::vector<Listed>& machines, Cloud& cloud, const World& world, Console& console)
{
  std::size_t read = 0;
  for (Listed& machine : machines) {
    if (!fleet::is_ended(machine.instance.state)) {
      continue;
    }
    if (++read > k_most_consoles) {
      return console.note(fmt::format("the stages of the newest {} ended machines are shown; for "
                                      "another one: flame-ec2 logs ID",
                                      k_most_consoles));
    }
    const auto text = cloud.ec2().console_output(machine.instance.id, false,
                                                 {.deadline = world.clock->now() + k_call_limit});
    if (!text) {
      if (text.error().error_class == aws::ErrorClass::permission) {
        return console.note("the stages of ended machines need the right to ec2:GetConsoleOutput");
      }
      continue;
    }
    const auto stages = fleet::parse_stages(text->text, fleet::nonce_in(text->text));
    if (const fleet::StageLine* line = fleet::most_telling(stages)) {
      machine.stage = line->stage;
      machine.detail = line->at.empty() ? std::string() : fmt::format("at {}", line->at);
    }
  }
}

std::string ids_of(const std::vector<Listed>& machines)
{
  std::string text;
  for (const Listed& machine : machines) {
    text += machine.instance.id + "\n";
  }
  return text;
}

} // namespace

Result<void> run_list(const Invocation& invocation, World& world, Console& console)
{
  const auto selector = read_selector(invocation, world);
  if (!selector) {
    return tl::unexpected(selector.error());
  }
  const auto place = read_place(invocation, world, console);
  if (!place) {
    return tl::unexpected(place.error());
  }
  std::vector<Listed> all;
  Seconds now = world.clock->wall(); // until EC2 says better
  auto done = in_each_region(*place, world, console, [&](const std::string& region, Cloud& cloud) {
    const fleet::FleetParts parts{cloud.ec2(), *world.clock, *world.cancel};
    auto found = fleet::find_ours(*selector, invocation.has("--all"), parts);
    if (!found) {
      return Result<void>(tl::unexpected(found.error().error));
    }
    now = cloud.ec2().server_time().value_or(now);
    std::ranges::sort(*found, std::ranges::greater(), &aws::Instance::launch_time);
    std::vector<Listed> machines;
    for (aws::Instance& machine : *found) {
      machines.push_back({.instance = std::move(machine), .region = region});
    }
    if (invocation.has("--all") && !invocation.has("--ids")) {
      read_stages(machines, cloud, world, console);
    }
    std::ranges::move(machines, std::back_inserter(all));
    return Result<void>();
  });
  if (!done && !place->everywhere) {
    return done;
  }
  if (all.empty() && done) {
    console.note(fmt::format("no machine of {} {} in {}", about(*selector),
                             invocation.has("--all") ? "is shown" : "lives",
                             place->everywhere ? "any region" : place->settings.region));
  }
  const Look look{.now = now,
                  .local_time = world.local_time,
                  .width = world.terminal.out_width,
                  .everywhere = place->everywhere};
  const bool ids = invocation.has("--ids") && invocation.output == Output::text;
  const auto written = world.write_out(
    ids ? ids_of(all) : list_output(all, invocation.output, look, done ? nullptr : &done.error()));
  return written ? as_in_result(done) : written;
}

} // namespace flame::cli
