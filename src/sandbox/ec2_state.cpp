#include "sandbox/ec2_state.hpp"

#include "base/text.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/random.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace flame::sandbox {
namespace {

constexpr auto k_remembered = std::chrono::hours(1); // how long ended machines are shown

std::string token_key(const Launch& launch)
{
  return fmt::format("{}/{}/{}", launch.region, launch.zonal ? launch.zone : "",
                     launch.client_token);
}

} // namespace

Ec2State::Ec2State(Clock& clock, MachineHost& host, FaultBook& faults, Ec2Rules rules,
                   std::function<MachineSpec(const Instance&)> make_spec)
  : clock_(clock), host_(host), faults_(faults), rules_(std::move(rules)),
    make_spec_(std::move(make_spec))
{
}

void Ec2State::settle()
{
  const TimePoint now = clock_.now();
  for (Instance& instance : instances_) {
    const TimePoint due = instance.born + rules_.pending_time;
    if (instance.state == State::pending && now >= due) {
      set_state(instance, instance.doomed.empty() ? State::running : State::shutting_down, due);
      if (!instance.doomed.empty()) {
        set_reason(instance, instance.doomed, "the sandbox was asked to");
        instance.off_since = now - rules_.shutdown_time; // at once
      }
    }
    if (instance.off_since && now - *instance.off_since >= rules_.shutdown_time) {
      set_state(instance, instance.state == State::stopping ? State::stopped : State::terminated,
                *instance.off_since + rules_.shutdown_time);
      instance.off_since.reset();
      instance.ended = now;
    }
  }
  std::erase_if(instances_, [&](const Instance& instance) {
    return instance.state == State::terminated && now - instance.ended > k_remembered;
  });
}

std::vector<Instance> Ec2State::instances(const std::string& region, bool truth)
{
  const std::lock_guard lock(mutex_);
  settle();
  std::vector<Instance> found;
  for (const Instance& instance : instances_) {
    if ((truth || is_visible(instance)) && (region.empty() || instance.launch.region == region)) {
      found.push_back(truth ? instance : seen(instance));
    }
  }
  return found;
}

Instance* Ec2State::find_one(const std::string& region, const std::string& id)
{
  const auto found = std::ranges::find(instances_, id, &Instance::id);
  const bool known =
    found != instances_.end() && found->launch.region == region && is_visible(*found);
  return known ? &*found : nullptr;
}

Ec2Result<std::vector<Instance*>> Ec2State::select(const std::string& region,
                                                   const std::vector<std::string>& ids)
{
  std::vector<Instance*> found;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    if (!is_id(id, "i-")) {
      return refuse("InvalidInstanceID.Malformed", fmt::format("Invalid id: \"{}\"", id));
    }
    Instance* instance = find_one(region, id);
    if (instance == nullptr) {
      missing.push_back(id);
    } else {
      found.push_back(instance);
    }
  }
  if (missing.empty()) {
    return found;
  }
  return refuse("InvalidInstanceID.NotFound",
                missing.size() == 1
                  ? fmt::format("The instance ID '{}' does not exist", missing[0])
                  : fmt::format("The instance IDs '{}' do not exist", join(missing, ", ")));
}

Ec2Result<std::vector<Instance>> Ec2State::find(const std::string& region,
                                                const std::vector<std::string>& ids)
{
  const std::lock_guard lock(mutex_);
  settle();
  return select(region, ids).map([this](const std::vector<Instance*>& found) {
    std::vector<Instance> copies;
    copies.reserve(found.size());
    for (const Instance* instance : found) {
      copies.push_back(seen(*instance));
    }
    return copies;
  });
}

Ec2Result<std::vector<Instance>> Ec2State::launch(const Launch& launch,
                                                  const std::optional<Ec2Error>& no_capacity)
{
  Ec2Result<std::vector<Instance>> made;
  {
    const std::lock_guard lock(mutex_);
    settle();
    if (!launch.client_token.empty()) {
      const auto bound = tokens_.find(token_key(launch));
      if (bound != tokens_.end() && bound->second.fingerprint != launch.fingerprint) {
        return refuse("IdempotentParameterMismatch", message_of("IdempotentParameterMismatch"));
      }
      if (bound != tokens_.end() && !bound->second.ids.empty()) {
        return earlier(bound->second, launch);
      }
    }
    if (auto throttled = limit_machines(launch)) {
      return tl::unexpected(*throttled);
    }
    if (!launch.client_token.empty()) {
      tokens_[token_key(launch)].fingerprint = launch.fingerprint; // also when it fails now
    }
    made = no_capacity ? tl::unexpected(*no_capacity) : create(launch);
    if (!made) {
      return made;
    }
    if (!launch.client_token.empty()) {
      for (const Instance& instance : *made) {
        tokens_[token_key(launch)].ids.push_back(instance.id);
      }
    }
  }
  for (const Instance& instance : *made) {
    if (instance.doomed.empty()) {
      start(instance); // not under the lock: the host may call back
    }
  }
  return made;
}

Ec2Result<std::vector<Instance>> Ec2State::earlier(const Bound& bound, const Launch& launch)
{
  std::vector<Instance> known;
  std::ranges::copy_if(instances_, std::back_inserter(known), [&](const Instance& instance) {
    return instance.launch.client_token == launch.client_token
           && std::ranges::find(bound.ids, instance.id) != bound.ids.end();
  });
  const bool over = std::ranges::all_of(
    known, [](const Instance& instance) { return instance.state == State::terminated; });
  if (known.empty() || (over && rules_.reused_token_is_error)) {
    return refuse("IdempotentInstanceTerminated", message_of("IdempotentInstanceTerminated"));
  }
  return known;
}

} // namespace flame::sandbox
