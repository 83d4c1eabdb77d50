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
    if (instance.state == State::pending && now - instance.born >= rules_.pending_time) {
      instance.state = instance.doomed.empty() ? State::running : State::shutting_down;
      if (!instance.doomed.empty()) {
        set_reason(instance, instance.doomed, "the sandbox was asked to");
        instance.off_since = now - rules_.shutdown_time; // at once
      }
    }
    if (instance.off_since && now - *instance.off_since >= rules_.shutdown_time) {
      instance.state = instance.state == State::stopping ? State::stopped : State::terminated;
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
  std::ranges::copy_if(instances_, std::back_inserter(found), [&](const Instance& instance) {
    const bool seen = truth || clock_.now() - instance.born >= rules_.visible_after;
    return seen && (region.empty() || instance.launch.region == region);
  });
  return found;
}

Instance* Ec2State::find_one(const std::string& region, const std::string& id)
{
  const auto found = std::ranges::find(instances_, id, &Instance::id);
  const bool seen = found != instances_.end() && found->launch.region == region
                    && clock_.now() - found->born >= rules_.visible_after;
  return seen ? &*found : nullptr;
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
  return select(region, ids).map([](const std::vector<Instance*>& found) {
    std::vector<Instance> copies;
    copies.reserve(found.size());
    for (const Instance* instance : found) {
      copies.push_back(*instance);
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

std::vector<std::string> Ec2State::free_addresses(const Launch& launch) const
{
  const Subnet& subnet = *find_subnet(launch.subnet_id);
  std::vector<std::string> free;
  for (int host = subnet.first_host; host < subnet.first_host + subnet.hosts; ++host) {
    const std::string address = fmt::format("{}.{}", subnet.network, host);
    const bool taken = std::ranges::any_of(instances_, [&](const Instance& instance) {
      return instance.private_ip == address && instance.state != State::terminated
             && instance.launch.region == launch.region;
    });
    if (!taken) {
      free.push_back(address);
    }
  }
  return free;
}

int Ec2State::room_for(const Launch& launch, const std::string& zone) const
{
  const auto market = [](const Launch& it) { return it.spot ? "spot" : "on-demand"; };
  int room = launch.max_count;
  for (const Pool& pool : rules_.pools) {
    if (!pool.holds(launch.type, zone, market(launch))) {
      continue;
    }
    const auto taken = std::ranges::count_if(instances_, [&](const Instance& instance) {
      const Launch& it = instance.launch;
      return instance.state != State::terminated && pool.holds(it.type, it.zone, market(it));
    });
    room = std::min(room, std::max(0, pool.room - static_cast<int>(taken)));
  }
  return room;
}

// In EC2's words, with the zones that have room.
tl::unexpected<Ec2Error> Ec2State::no_room(const Launch& launch) const
{
  std::vector<std::string> others;
  for (const char letter : {'a', 'b', 'c'}) {
    if (room_for(launch, launch.region + letter) >= launch.min_count) {
      others.push_back(launch.region + letter);
    }
  }
  const std::string hint =
    others.empty() ? ""
                   : fmt::format(" You can currently get {} capacity by not specifying an "
                                 "Availability Zone in your request or choosing {}.",
                                 launch.type, fmt::join(others, ", "));
  return refuse("InsufficientInstanceCapacity",
                fmt::format("We currently do not have sufficient {} capacity in the Availability "
                            "Zone you requested ({}). Our system will be working on provisioning "
                            "additional capacity.{}",
                            launch.type, launch.zone, hint));
}

Ec2Result<std::vector<Instance>> Ec2State::create(const Launch& launch)
{
  const int room = room_for(launch, launch.zone);
  if (room < launch.min_count) {
    return no_room(launch);
  }
  const std::vector<std::string> addresses = free_addresses(launch);
  if (static_cast<int>(addresses.size()) < launch.min_count) {
    return refuse("InsufficientFreeAddressesInSubnet",
                  fmt::format("There are not enough free addresses in subnet '{}' to satisfy the "
                              "requested number of instances.",
                              launch.subnet_id));
  }
  const std::string reservation = "r-" + random_hex(17);
  const int count = std::min(room, static_cast<int>(addresses.size()));
  std::vector<Instance> made;
  for (int index = 0; index < count; ++index) {
    const std::string& address = addresses[static_cast<std::size_t>(index)];
    Instance instance{.id = "i-" + random_hex(17),
                      .reservation_id = reservation,
                      .launch_index = index,
                      .launch = launch,
                      .private_ip = address,
                      .launched = clock_.wall(),
                      .born = clock_.now()};
    instance.public_ip = launch.public_ip ? "203.0.113" + address.substr(address.rfind('.')) : "";
    instance.spot_request_id = launch.spot ? "sir-" + random_hex(8) : "";
    const Params about = {
      {"InstanceType", launch.type}, {"SubnetId", launch.subnet_id}, {"ImageId", launch.image_id}};
    const Trouble trouble = faults_.strike("machine", about);
    if (trouble.fault && trouble.fault->kind == FaultKind::error) {
      instance.doomed = trouble.fault->code;
    } else if (trouble.fault && trouble.fault->kind == FaultKind::power_off) {
      instance.power_off_after = trouble.fault->duration;
    }
    instance.starting = instance.doomed.empty();
    made.push_back(instance);
  }
  instances_.insert(instances_.end(), made.begin(), made.end());
  return made;
}

} // namespace flame::sandbox
