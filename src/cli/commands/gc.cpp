#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/fleet_output.hpp"
#include "cli/output.hpp"
#include "cli/regions.hpp"
#include "cli/selection.hpp"
#include "cli/stored_logs.hpp"
#include "cli/table.hpp"
#include "fleet/ending.hpp"
#include "fleet/expiry.hpp"
#include "fleet/finding.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr Millis k_end_limit = std::chrono::seconds(60); // until EC2 has accepted it
constexpr aws::ResourceKind k_kinds[] = {aws::ResourceKind::volume,
                                         aws::ResourceKind::network_interface};

Found found_of(Finding what, const std::map<std::string, std::string>& tags, std::string id,
               std::string kind, std::string detail)
{
  const std::string_view app = fleet::tag(tags, fleet::k_tag_app);
  return {.what = what,
          .id = std::move(id),
          .kind = std::move(kind),
          .app = std::string(app.empty() ? fleet::tag(tags, fleet::k_tag_parent_app) : app),
          .run_id = std::string(fleet::tag(tags, fleet::k_tag_run_id)),
          .expires_at = std::string(fleet::tag(tags, fleet::k_tag_expires_at)),
          .detail = std::move(detail)};
}

Found found_of(Finding what, const aws::Instance& machine, std::string detail)
{
  return found_of(what, machine.tags, machine.id, "instance", std::move(detail));
}

// One region's turn: looks, ends what has expired, names the rest.
class Sweeper {
public:
  Sweeper(const Invocation& invocation, World& world, Console& console, std::string app)
    : dry_run_(invocation.has("--dry-run")), world_(world), console_(console), app_(std::move(app))
  {
    swept_.dry_run = dry_run_;
  }

  Result<void> sweep(const std::string& region, Cloud& cloud)
  {
    const fleet::FleetParts parts{cloud.ec2(), *world_.clock, *world_.cancel};
    const std::size_t before = swept_.found.size();
    const auto ours = fleet::find_ours({.app = app_}, false, parts);
    if (!ours) {
      return tl::unexpected(ours.error().error);
    }
    const auto now = server_time(cloud.ec2());
    if (!now) {
      return tl::unexpected(now.error());
    }
    now_ = *now;
    swept_.regions.push_back(region);
    live_ += ours->size();
    Result<void> done = end_expired(fleet::sort_by_expiry(*ours, now_), parts);
    name_orphans(parts, done);
    for (const aws::ResourceKind kind : k_kinds) {
      name_leftovers(kind, parts, done);
    }
    for (auto it = swept_.found.begin() + static_cast<std::ptrdiff_t>(before);
         it != swept_.found.end(); ++it) {
      it->region = region;
    }
    return done;
  }

  const Swept& swept() const { return swept_; }
  Seconds now() const { return now_; }
  std::size_t live() const { return live_; }

private:
  // The others are sorted out, whatever becomes of these.
  Result<void> end_expired(const fleet::Sorted& sorted, const fleet::FleetParts& parts)
  {
    for (const aws::Instance& machine : sorted.unclear) {
      const std::string_view text = fleet::tag(machine.tags, fleet::k_tag_expires_at);
      swept_.found.push_back(found_of(
        Finding::unclear, machine,
        text.empty() ? fmt::format("has no {}", fleet::k_tag_expires_at)
                     : fmt::format("{} \"{}\" is no time", fleet::k_tag_expires_at, text)));
    }
    std::vector<std::string> ids;
    for (const aws::Instance& machine : sorted.passed) {
      ids.push_back(machine.id);
    }
    const fleet::EndReport report =
      dry_run_ || ids.empty()
        ? fleet::EndReport{}
        : fleet::end_machines(ids, world_.clock->now() + k_end_limit, parts, Millis(0));
    for (const aws::Instance& machine : sorted.passed) {
      const bool ended = std::ranges::count(report.ended, machine.id) > 0;
      const auto at = fleet::expiry_of(machine, now_).at;
      swept_.found.push_back(found_of(dry_run_ ? Finding::expired
                                      : ended  ? Finding::ended
                                               : Finding::not_ended,
                                      machine, fmt::format("expired {}", relative(*at, now_))));
    }
    return fleet::as_result(report);
  }

  void name_orphans(const fleet::FleetParts& parts, Result<void>& done)
  {
    const auto orphans = fleet::find_orphans(app_, parts);
    if (!orphans) {
      return keep(done, orphans.error());
    }
    for (const aws::Instance& machine : *orphans) {
      const auto launched = parse_iso8601(machine.launch_time);
      swept_.found.push_back(
        found_of(Finding::orphan, machine,
                 fmt::format("of FlameEC2 1.0{}",
                             launched ? ", launched " + relative(*launched, now_) : "")));
    }
  }

  // Not to be allowed to look is no failure: machines are what costs.
  void name_leftovers(aws::ResourceKind kind, const fleet::FleetParts& parts, Result<void>& done)
  {
    const auto leftovers = fleet::find_leftovers(kind, app_, parts);
    if (!leftovers && leftovers.error().error_class == aws::ErrorClass::permission) {
      return console_.note(
        fmt::format("{}s are not looked at: {}", aws::name(kind), leftovers.error().error.message));
    }
    if (!leftovers) {
      return keep(done, leftovers.error());
    }
    for (const aws::Resource& resource : *leftovers) {
      swept_.found.push_back(found_of(Finding::leftover, resource.tags, resource.id,
                                      std::string(aws::name(kind)),
                                      fmt::format("a {} that no machine has", aws::name(kind))));
    }
  }

  static void keep(Result<void>& done, const aws::ApiError& error)
  {
    if (done) {
      done = tl::unexpected(error.error);
    } else {
      done.error().also.push_back({error.error.message, error.error.hint});
    }
  }

  bool dry_run_;
  World& world_;
  Console& console_;
  std::string app_;
  Swept swept_ = {};
  Seconds now_ = {};
  std::size_t live_ = 0;
};

// What would fail here is told with what failed of the machines' turn.
Result<void> sweep_store(const aws::S3Object& store, const Place& place, bool dry_run, World& world,
                         Console& console)
{
  const auto swept =
    connect(place.settings, world, console).and_then([&](const std::unique_ptr<Cloud>& cloud) {
      return sweep_environments(store, world.clock->wall(), dry_run, cloud->s3(),
                                {.deadline = world.clock->now() + k_end_limit});
    });
  if (swept.value_or(0) > 0) {
    console.note(fmt::format("{} environment{} that nobody reads any more {} the store", *swept,
                             *swept == 1 ? "" : "s", dry_run ? "in" : "removed from"));
  }
  return swept ? Result<void>() : tl::unexpected(swept.error());
}

Result<void> both(Result<void> one, const Result<void>& other)
{
  if (!one && !other) {
    one.error().also.push_back({other.error().message, other.error().hint});
  }
  return one ? other : one;
}

} // namespace

Result<void> run_gc(const Invocation& invocation, World& world, Console& console)
{
  const auto selector = read_selector(invocation, world);
  if (!selector) {
    return tl::unexpected(selector.error());
  }
  const auto place = read_place(invocation, world, console);
  if (!place) {
    return tl::unexpected(place.error());
  }
  const auto store = find_store(invocation, world);
  if (!store) {
    return tl::unexpected(store.error());
  }
  Sweeper sweeper(invocation, world, console, selector->app);
  auto done = in_each_region(*place, world, console, [&](const std::string& region, Cloud& cloud) {
    return sweeper.sweep(region, cloud);
  });
  if (*store) {
    done = both(done, sweep_store(**store, *place, invocation.has("--dry-run"), world, console));
  }
  const Swept& swept = sweeper.swept();
  if (!done && swept.regions.empty()) {
    return done;
  }
  if (swept.found.empty()) {
    console.note(fmt::format("nothing has expired in {}; {} of {} live",
                             fmt::join(swept.regions, ", "), sweeper.live(), about(*selector)));
  }
  const Look look{.now = sweeper.now(),
                  .local_time = world.local_time,
                  .width = world.terminal.out_width,
                  .everywhere = place->everywhere};
  const auto written =
    world.write_out(gc_output(swept, invocation.output, look, done ? nullptr : &done.error()));
  if (!written || !done) {
    return written ? as_in_result(done) : written;
  }
  if (invocation.has("--exit-code") && !swept.found.empty()) {
    return tl::unexpected(Error{.kind = ErrorKind::found, .in_result = true});
  }
  return {};
}

} // namespace flame::cli
