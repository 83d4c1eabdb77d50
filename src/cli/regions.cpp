#include "cli/regions.hpp"

#include "cli/cloud.hpp"
#include "cli/read_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::string_view k_all = "all";
constexpr std::string_view k_first = "us-east-1"; // never closed in its partition
constexpr Millis k_call_limit = std::chrono::seconds(15);

bool is_region(const config::Flag& flag)
{
  return flag.name == "--region";
}

Result<Place> place_of(const Invocation& invocation, World& world, Console& console,
                       bool may_be_all)
{
  Invocation rest = invocation;
  std::string typed;
  for (const config::Flag& flag : invocation.settings) {
    typed = is_region(flag) ? flag.value : typed;
  }
  if (typed == k_all && !may_be_all) {
    return fail(ErrorKind::usage,
                fmt::format("{} looks at one region only", invocation.command->name),
                "give --region REGION; list and gc take all");
  }
  Place place{.everywhere = typed == k_all};
  if (place.everywhere) { // which one to ask comes from the other layers
    std::erase_if(rest.settings, is_region);
  }
  const config::Configured configured = read_settings(rest, world, console);
  place.settings = configured.settings;
  if (place.everywhere && place.settings.region.empty()) {
    place.settings.region = k_first;
  }
  const auto more =
    place.settings.region.empty()
      ? std::optional(Error{.kind = ErrorKind::config,
                            .message = "region is not set",
                            .hint = may_be_all ? "give --region REGION or --region all, or "
                                                 "set AWS_REGION"
                                               : "give --region REGION or set AWS_REGION"})
      : std::nullopt;
  return no_mistakes(configured, more).map([&] { return place; });
}

Result<std::vector<std::string>> regions_of(const Place& place, World& world, Console& console)
{
  if (!place.everywhere) {
    return std::vector{place.settings.region};
  }
  const auto cloud = connect(place.settings, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  auto regions = (*cloud)->ec2().describe_regions({.deadline = world.clock->now() + k_call_limit});
  if (!regions) {
    return tl::unexpected(regions.error().error);
  }
  std::ranges::sort(*regions);
  return *regions;
}

// Failures of several regions as one error.
class Failures {
public:
  void add(const std::string& region, Error error)
  {
    error.message = fmt::format("{}: {}", region, error.message);
    for (Mistake& mistake : error.also) {
      mistake.message = fmt::format("{}: {}", region, mistake.message);
    }
    if (!all_) {
      all_ = std::move(error);
      return;
    }
    all_->also.push_back({error.message, error.hint});
    all_->also.insert(all_->also.end(), error.also.begin(), error.also.end());
    all_->instances.insert(all_->instances.end(), error.instances.begin(), error.instances.end());
  }
  Result<void> result() const { return all_ ? tl::unexpected(*all_) : Result<void>(); }

private:
  std::optional<Error> all_ = {};
};

} // namespace

Result<Place> read_place(const Invocation& invocation, World& world, Console& console)
{
  return place_of(invocation, world, console, true);
}

Result<config::Settings> read_region(const Invocation& invocation, World& world, Console& console)
{
  return place_of(invocation, world, console, false).map([](const Place& place) {
    return place.settings;
  });
}

Result<void> in_each_region(const Place& place, World& world, Console& console,
                            const RegionWork& work)
{
  const auto regions = regions_of(place, world, console);
  if (!regions) {
    return tl::unexpected(regions.error());
  }
  Failures failures;
  for (const std::string& region : *regions) {
    config::Settings settings = place.settings;
    settings.region = region;
    console.doing(fmt::format("looking at {}", region));
    const auto cloud = connect(settings, world, console);
    Result<void> done = cloud ? work(region, **cloud) : tl::unexpected(cloud.error());
    console.clear();
    const bool stopped = world.cancel->state().signal != 0;
    if (!done && (!place.everywhere || stopped)) {
      return done;
    }
    if (!done) {
      failures.add(region, done.error());
    }
  }
  return failures.result();
}

Result<Seconds> server_time(const client::Ec2Client& ec2)
{
  if (const auto time = ec2.server_time()) {
    return *time;
  }
  return fail(ErrorKind::network, "EC2's answers have no Date, so what has expired is not known",
              "perhaps a proxy takes it out; the clock of this computer is not trusted with that");
}

} // namespace flame::cli
