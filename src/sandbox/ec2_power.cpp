#include "sandbox/ec2_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

// How machines start and end. The host is never called with the mutex held: it may call back.
namespace flame::sandbox {
namespace {

bool is_protected(const Instance* instance)
{
  return instance->launch.protected_from_termination;
}

// A protected machine keeps all machines alive that stand beside it in the request and are in its
// zone. Source: EC2's model, TerminateInstances.
bool in_protected_zone(const Instance& instance, const std::vector<Instance*>& all)
{
  return std::ranges::any_of(all, [&](const Instance* other) {
    return is_protected(other) && other->launch.zone == instance.launch.zone;
  });
}

} // namespace

void Ec2State::start(const Instance& instance)
{
  MachineSpec spec = make_spec_(instance);
  spec.on_off = [this, id = instance.id] { machine_off(id); };
  const Result<void> started = host_.start(std::move(spec));
  bool unwanted = false;
  {
    const std::lock_guard lock(mutex_);
    const auto own = std::ranges::find(instances_, instance.id, &Instance::id);
    if (own == instances_.end() || !own->starting) {
      return; // it has been switched off meanwhile
    }
    own->starting = false;
    own->on_host = started.has_value();
    unwanted = own->on_host && own->state == State::shutting_down;
    if (!started) {
      set_reason(*own, "Server.InternalError", "Internal error on launch");
      set_state(*own, State::shutting_down, clock_.now());
      own->off_since = clock_.now();
    }
  }
  if (unwanted) {
    host_.press_power_button(instance.id);
  }
  if (!started) {
    fmt::print(stderr, "flame-ec2-sandbox: {} does not start: {}\n", instance.id,
               started.error().message);
  }
}

Ec2Result<std::vector<StateChange>> Ec2State::terminate(const std::string& region,
                                                        const std::vector<std::string>& ids)
{
  std::vector<StateChange> changes;
  std::vector<std::string> buttons;
  std::string refused; // a machine that is protected
  {
    const std::lock_guard lock(mutex_);
    settle();
    const auto found = select(region, ids);
    if (!found) {
      return tl::unexpected(found.error());
    }
    if (auto throttled = take_machines("TerminateInstances", region, found->size())) {
      return tl::unexpected(*throttled);
    }
    for (Instance* instance : *found) {
      if (in_protected_zone(*instance, *found)) {
        continue;
      }
      const State before = instance->state;
      if (before != State::terminated && before != State::shutting_down) {
        set_state(*instance, State::shutting_down, clock_.now());
        instance->doomed.clear();
        std::string time = iso8601(clock_.wall());
        time[10] = ' ';
        time.pop_back();
        instance->reason = fmt::format("User initiated ({} GMT)", time);
        set_reason(*instance, "Client.UserInitiatedShutdown", "User initiated shutdown");
        if (instance->on_host) {
          buttons.push_back(instance->id);
        } else if (!instance->starting) { // start() switches it off
          instance->off_since = clock_.now();
        }
      }
      changes.push_back({.id = instance->id, .before = before, .after = instance->state});
    }
    const auto kept = std::ranges::find_if(*found, is_protected);
    refused = kept == found->end() ? "" : (*kept)->id;
  }
  for (const std::string& id : buttons) {
    host_.press_power_button(id);
  }
  if (!refused.empty()) {
    return refuse("OperationNotPermitted",
                  fmt::format("The instance '{}' may not be terminated. Modify its "
                              "'disableApiTermination' instance attribute and try again.",
                              refused));
  }
  return changes;
}

void Ec2State::machine_off(const std::string& id)
{
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(instances_, id, &Instance::id);
  if (found == instances_.end() || (!found->on_host && !found->starting)) {
    return;
  }
  found->on_host = false;
  found->starting = false;
  if (found->state != State::shutting_down) {
    set_reason(*found, "Client.InstanceInitiatedShutdown", "Instance initiated shutdown");
  }
  const bool gone = found->state == State::shutting_down || found->launch.terminate_on_shutdown;
  set_state(*found, gone ? State::shutting_down : State::stopping, clock_.now());
  found->off_since = clock_.now();
}

std::string Ec2State::console(const std::string& id)
{
  std::string text = host_.console(id);
  const std::lock_guard lock(mutex_);
  const auto said = said_.find(id);
  return said == said_.end() ? text : text + said->second;
}

void Ec2State::say(const std::string& id, std::string_view text)
{
  const std::lock_guard lock(mutex_);
  said_[id] += text;
}

bool Ec2State::power_off(const std::string& id)
{
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(instances_, id, &Instance::id);
    if (found == instances_.end() || !found->on_host) {
      return false;
    }
  }
  host_.press_power_button(id);
  return true;
}

bool Ec2State::reclaim(const std::string& id)
{
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(instances_, id, &Instance::id);
    if (found == instances_.end() || !found->on_host) {
      return false;
    }
    set_state(*found, State::shutting_down, clock_.now());
    set_reason(*found, "Server.SpotInstanceTermination", "Spot instance termination");
  }
  host_.press_power_button(id);
  return true;
}

void Ec2State::tick()
{
  std::vector<std::string> due;
  std::vector<std::string> taken;
  {
    const std::lock_guard lock(mutex_);
    settle();
    for (Instance& instance : instances_) {
      if (instance.on_host && instance.power_off_after
          && clock_.now() - instance.born >= *instance.power_off_after) {
        instance.power_off_after.reset();
        due.push_back(instance.id);
      }
      if (instance.on_host && instance.taken_after && clock_.now() >= *instance.taken_after) {
        instance.taken_after.reset();
        taken.push_back(instance.id);
      }
    }
  }
  for (const std::string& id : taken) {
    reclaim(id);
  }
  for (const std::string& id : due) {
    host_.press_power_button(id);
  }
}

} // namespace flame::sandbox
