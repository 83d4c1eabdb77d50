#include "boot/plan_times.hpp"

#include "aws/instance_types.hpp"
#include "boot/candidates.hpp"
#include "flame/node.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using config::Settings;

constexpr Millis k_default_boot_timeout = std::chrono::seconds(120);
constexpr Millis k_default_ready_timeout = std::chrono::seconds(300);

// Of a lifetime that is not set.
void check_other_end(Mistakes& mistakes, const Settings& settings)
{
  constexpr std::string_view k_hint = "give --max-lifetime 1h, or say none";
  const auto parent = parent_of(settings);
  if (!has_parent(settings)) {
    mistakes.add("max_lifetime is not set, and without a FLAME parent nothing else ends the "
                 "machine",
                 std::string(k_hint));
  } else if (parent && !child::check_backend(*parent)) {
    mistakes.add("max_lifetime is not set, and FLAME.LocalBackend, which FLAME_PARENT names, ends "
                 "no machine",
                 std::string(k_hint));
  }
}

} // namespace

bool has_parent(const Settings& settings)
{
  return !settings.flame_parent.empty();
}

std::optional<child::Parent> parent_of(const Settings& settings)
{
  auto parent = child::decode_parent(settings.flame_parent);
  return parent ? std::optional(*std::move(parent)) : std::nullopt;
}

config::WaitFor wait_for_of(const Settings& settings)
{
  if (!settings.command.empty()) { // whose end is waited for
    return config::WaitFor::launched;
  }
  return settings.wait_for.value_or(has_parent(settings) ? config::WaitFor::launched
                                                         : config::WaitFor::ready);
}

Millis boot_timeout_of(const Settings& settings)
{
  return settings.boot_timeout.value_or(wait_for_of(settings) == config::WaitFor::ready
                                          ? k_default_ready_timeout
                                          : k_default_boot_timeout);
}

namespace {

// Without a store the console is all that tells.
bool listens(const Settings& settings)
{
  return wait_for_of(settings) == config::WaitFor::ready || !settings.command.empty();
}

} // namespace

std::string slow_listening_notice(const Settings& settings)
{
  constexpr int k_few = 10;
  const int count = settings.count.value_or(1);
  return count > k_few && settings.store.empty() && listens(settings)
           ? fmt::format("the consoles of {} machines are read one by one, as EC2's limits let; a "
                         "store is quicker: --store s3://BUCKET/PREFIX/",
                         count)
           : "";
}

void check_ready(Mistakes& mistakes, const Settings& settings, const Facts& facts)
{
  if (!listens(settings) || !settings.store.empty()) {
    return;
  }
  std::vector<std::string> mute;
  for (const Candidate& candidate : candidates_of(settings, facts)) {
    const bool known = std::ranges::count(mute, candidate.instance_type) > 0;
    if (!known && !aws::has_live_console(candidate.instance_type)) {
      mute.push_back(candidate.instance_type);
    }
  }
  if (!mute.empty()) {
    const bool job = !settings.command.empty();
    mistakes.add(
      fmt::format("{}: no console while it runs, so that nobody could see {}",
                  fmt::join(mute, ", "),
                  job ? "what the command prints, and how it ends" : "when the release is ready"),
      job ? "take a type of a newer generation, or set store"
          : "take a type of a newer generation, set store, or --wait-for running");
  }
}

void check_lifetime(Mistakes& mistakes, const Settings& settings)
{
  if (settings.keep_on_failure && !(settings.max_lifetime && settings.max_lifetime->limit)) {
    mistakes.add("keep_on_failure is set, and nothing would end what it keeps",
                 "give --max-lifetime 1h");
  }
  if (!settings.max_lifetime) {
    check_other_end(mistakes, settings);
    return;
  }
  const Millis boot_timeout = boot_timeout_of(settings);
  if (settings.max_lifetime->limit && *settings.max_lifetime->limit < boot_timeout) {
    mistakes.add(fmt::format("max_lifetime {} is shorter than boot_timeout {}",
                             format_duration(*settings.max_lifetime->limit),
                             format_duration(boot_timeout)),
                 "the machine would end before the boot has");
  }
}

std::optional<Millis> lifetime_of(const Settings& settings)
{
  return settings.max_lifetime ? settings.max_lifetime->limit : std::nullopt;
}

} // namespace flame::boot
