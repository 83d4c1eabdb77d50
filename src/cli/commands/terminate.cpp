#include "base/text.hpp"
#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/regions.hpp"
#include "cli/selection.hpp"
#include "fleet/ending.hpp"
#include "fleet/finding.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace flame::cli {
namespace {

using std::chrono::seconds;

constexpr Millis k_end_limit = seconds(60);               // until EC2 has accepted it
constexpr Millis k_wait_limit = std::chrono::minutes(15); // until the machines are gone
constexpr Millis k_pause = seconds(2);                    // between two looks
constexpr std::string_view k_selectors[] = {"--run-id", "--run-id-file", "--app", "--all"};

std::string row(const aws::Instance& machine)
{
  const auto text = [&](std::string_view key) {
    const std::string_view value = fleet::tag(machine.tags, key);
    return printable(value.empty() ? "-" : value);
  };
  return fmt::format("  {}  {}  {}  app {}  run {}\n", machine.id, machine.instance_type,
                     machine.launch_time, text(fleet::k_tag_app), text(fleet::k_tag_run_id));
}

class Termination {
public:
  Termination(const Invocation& invocation, World& world, Console& console, std::string region,
              fleet::Selector selector, Cloud& cloud)
    : invocation_(invocation), world_(world), console_(console), region_(std::move(region)),
      selector_(std::move(selector)), cloud_(cloud)
  {
  }

  // Looks and ends, for `settle` as long as something may still become visible: a launch does so
  // only seconds after it was answered. The first look decides on questions.
  Result<void> end(Millis settle)
  {
    const TimePoint until = world_.clock->now() + settle;
    for (bool first = true;; first = false) {
      console_.doing(first ? "looking for machines" : "looking for machines that EC2 hides yet");
      const auto looked = fleet::look_for(selector_, parts());
      console_.clear();
      if (!looked) {
        return tl::unexpected(looked.error().error);
      }
      if (auto allowed = may_end(looked->live, first); !allowed) {
        return allowed;
      }
      end_new(*looked);
      const bool more = may_grow(*looked);
      if (const int signal = world_.cancel->state().signal; signal != 0 && more) {
        return tl::unexpected(fleet::interrupted_by(signal));
      }
      if (!more || world_.clock->now() >= until) {
        end_ids(looked->unknown);
        return {};
      }
      const Millis left = std::chrono::ceil<Millis>(until - world_.clock->now());
      world_.clock->sleep(std::min(k_pause, left), *world_.cancel, {});
    }
  }

  // What is not asked for: whose they are, and whether they are there.
  void end_blindly(Millis settle) { end_ids(selector_.ids, settle); }

  Result<void> finish(Result<void> outcome)
  {
    if (report_.ended.empty() && report_.failed.empty() && outcome) {
      say_nothing_found();
    }
    if (const auto all = fleet::as_result(report_); !all) {
      outcome = all;
    }
    if (invocation_.has("--wait") && !report_.ended.empty()) {
      console_.doing("waiting until they are gone");
      const auto gone =
        fleet::wait_until_gone(report_.ended, world_.clock->now() + k_wait_limit, parts());
      console_.clear();
      outcome = outcome ? gone : outcome;
    }
    if (!outcome && report_.ended.empty()) {
      return outcome;
    }
    const auto written =
      world_.write_out(ended_output({.region = region_,
                                     .run_id = selector_.run_id,
                                     .ids = report_.ended,
                                     .error = outcome ? nullptr : &outcome.error()},
                                    invocation_.output));
    return outcome ? written : as_in_result(outcome);
  }

private:
  fleet::FleetParts parts() const { return {cloud_.ec2(), *world_.clock, *world_.cancel}; }

  // Ids that are unknown, a run of which nothing was seen, and one whose caller has said for how
  // long it may be hiding something.
  bool may_grow(const fleet::Looked& looked) const
  {
    return !looked.unknown.empty()
           || (!selector_.run_id.empty() && (seen_.empty() || invocation_.has("--settle")));
  }

  Result<void> may_end(const std::vector<aws::Instance>& live, bool first)
  {
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
    const bool many = selector_.all || !selector_.app.empty();
    return first && many && !live.empty() && !invocation_.has("--yes") ? confirm(live)
                                                                       : Result<void>();
  }

  Result<void> confirm(const std::vector<aws::Instance>& machines)
  {
    std::string text;
    for (const aws::Instance& machine : machines) {
      text += row(machine);
    }
    console_.raw(fmt::format(
      "{}End {} in {}? [y/N] ", text,
      machines.size() == 1 ? "this machine" : fmt::format("these {} machines", machines.size()),
      region_));
    const std::string answer = to_lower(trim(world_.read_line().value_or("")));
    if (const int signal = world_.cancel->state().signal; signal != 0) {
      return tl::unexpected(fleet::interrupted_by(signal));
    }
    if (answer != "y" && answer != "yes") {
      return fail(ErrorKind::usage, "nothing is ended", "answer y, or give --yes");
    }
    return {};
  }

  // What EC2 shows and was not seen before. Ids that have ended already too: EC2 takes them for
  // done.
  void end_new(const fleet::Looked& looked)
  {
    std::vector<std::string> shown;
    for (const aws::Instance& machine : looked.live) {
      shown.push_back(machine.id);
    }
    if (!selector_.ids.empty()) {
      shown = selector_.ids;
      std::erase_if(
        shown, [&](const std::string& id) { return std::ranges::count(looked.unknown, id) > 0; });
    }
    std::erase_if(shown, [&](const std::string& id) { return !seen_.insert(id).second; });
    end_ids(shown);
  }

  void end_ids(const std::vector<std::string>& ids, Millis patience = Millis(0))
  {
    if (ids.empty()) {
      return;
    }
    const fleet::EndReport more =
      fleet::end_machines(ids, world_.clock->now() + patience + k_end_limit, parts(), patience);
    std::ranges::copy(more.ended, std::back_inserter(report_.ended));
    std::ranges::copy(more.failed, std::back_inserter(report_.failed));
  }

  // Which account and region were asked matters most when nothing was there.
  void say_nothing_found()
  {
    const auto account = cloud_.account();
    console_.note(
      fmt::format("no machine of {} lives in {} of {}", about(selector_), region_,
                  account ? "account " + *account : "an account that STS did not name"));
  }

  const Invocation& invocation_;
  World& world_;
  Console& console_;
  std::string region_;
  fleet::Selector selector_;
  Cloud& cloud_;
  std::set<std::string> seen_ = {};
  fleet::EndReport report_ = {};
};

} // namespace

Result<void> run_terminate(const Invocation& invocation, World& world, Console& console)
{
  const auto selector = read_one_selector(invocation, world, k_selectors);
  const auto settle = time_of(invocation, "--settle", fleet::k_unknown_for);
  if (!selector || !settle) {
    return tl::unexpected(!selector ? selector.error() : settle.error());
  }
  const bool many = selector->all || !selector->app.empty();
  if (many && !invocation.has("--yes") && !world.terminal.input) {
    return fail(
      ErrorKind::usage,
      fmt::format("{} needs --yes when nobody can be asked", selector->all ? "--all" : "--app"),
      "add --yes, or run it in a terminal");
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
  Termination it(invocation, world, console, settings->region, *selector, **cloud);
  if (!selector->ids.empty() && invocation.has("--force")) {
    it.end_blindly(*settle);
    return it.finish({});
  }
  return it.finish(it.end(*settle));
}

} // namespace flame::cli
