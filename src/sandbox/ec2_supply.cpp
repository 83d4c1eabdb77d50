#include "sandbox/ec2.hpp"
#include "sandbox/ec2_state.hpp"
#include "sandbox/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

// What the scenario lets EC2 give: room, quotas, addresses, tokens, and what it tells when.
namespace flame::sandbox {
namespace {

std::string_view market_of(const Launch& launch)
{
  return launch.spot ? "spot" : "on-demand";
}

bool is_of(const Pool& pool, const Launch& launch, std::string_view zone)
{
  return pool.holds(launch.type, zone, market_of(launch));
}

bool is_there(const Instance& instance)
{
  return instance.state != State::terminated;
}

Ec2Error limit_exceeded(std::string_view action, std::string_view what)
{
  return {.status = status_of("RequestLimitExceeded"),
          .code = "RequestLimitExceeded",
          .message = fmt::format("Request limit exceeded. Account {} has been throttled on ec2:{} "
                                 "because it exceeded its {} rate limit.",
                                 k_account, action, what)};
}

bool is_plain(const Params& params)
{
  return std::ranges::none_of(params, [](const auto& param) {
    return param.first.starts_with("Filter.") || param.first == "MaxResults"
           || param.first == "NextToken";
  });
}

// Hosts of the subnet that machines get while none is there.
int hosts_of(const Supply& supply, const Subnet& subnet)
{
  const auto set = supply.addresses.find(std::string(subnet.id));
  return set == supply.addresses.end() ? subnet.hosts : set->second;
}

} // namespace

void Ec2State::play(Scenario scenario)
{
  const std::lock_guard lock(mutex_);
  rules_.scenario = std::move(scenario);
  played_since_.reset();
  launched_.clear();
  buckets_ = {};
}

const Supply& Ec2State::supply() const
{
  const Supply* current = &rules_.scenario.front().supply;
  for (const Stage& stage : rules_.scenario) {
    if (played_since_ && clock_.now() - *played_since_ >= stage.after) {
      current = &stage.supply;
    }
  }
  return *current;
}

bool Ec2State::is_visible(const Instance& instance) const
{
  return clock_.now() - instance.born >= supply().visible_after;
}

Instance Ec2State::seen(const Instance& instance) const
{
  return as_it_was(instance, clock_.now() - supply().states_after);
}

std::optional<Ec2Error> Ec2State::admit(const std::string& action, const Params& params,
                                        const std::string& region)
{
  const std::lock_guard lock(mutex_);
  if (action == "RunInstances" && !played_since_) {
    played_since_ = clock_.now();
  }
  const bool plain = is_plain(params);
  const auto bucket = limit_of(supply(), action, plain).requests;
  const std::string name = fmt::format("{}/{}{}", region, action, plain ? "/plain" : "");
  if (!bucket || buckets_.take(name, *bucket, 1, clock_.now())) {
    return std::nullopt;
  }
  return limit_exceeded(action, "request");
}

std::optional<Ec2Error> Ec2State::take_machines(const std::string& action,
                                                const std::string& region, std::size_t count)
{
  const auto bucket = limit_of(supply(), action, false).machines;
  const std::string name = fmt::format("{}/{}/machines", region, action);
  if (!bucket || buckets_.take(name, *bucket, static_cast<int>(count), clock_.now())) {
    return std::nullopt;
  }
  return limit_exceeded(action, "resource");
}

// All that a launch asks for must be there; what it then gets is taken.
std::optional<Ec2Error> Ec2State::limit_machines(const Launch& launch)
{
  const auto bucket = limit_of(supply(), "RunInstances", false).machines;
  const std::string name = fmt::format("{}/RunInstances/machines", launch.region);
  if (!bucket || buckets_.has(name, *bucket, launch.max_count, clock_.now())) {
    return std::nullopt;
  }
  return limit_exceeded("RunInstances", "resource");
}

bool Ec2State::offers(const std::string& type, const std::string& region, const Subnet& subnet)
{
  const std::lock_guard lock(mutex_);
  const auto lacks = supply().lacks.find(zone_name(region, subnet));
  return is_offered(type, subnet)
         && (lacks == supply().lacks.end()
             || std::ranges::none_of(lacks->second, [&](const std::string& pattern) {
                  return matches_wildcard(pattern, type);
                }));
}

bool Ec2State::allows_spot()
{
  const std::lock_guard lock(mutex_);
  return supply().spot_role;
}

int Ec2State::free_addresses(const std::string& region, const Subnet& subnet)
{
  const std::lock_guard lock(mutex_);
  settle();
  const auto used = std::ranges::count_if(instances_, [&](const Instance& instance) {
    return is_there(instance) && instance.launch.subnet_id == subnet.id
           && instance.launch.region == region;
  });
  return std::max(0, hosts_of(supply(), subnet) - static_cast<int>(used));
}

// As many as are free and wanted.
std::vector<std::string> Ec2State::addresses_for(const Launch& launch) const
{
  const Subnet& subnet = *find_subnet(launch.subnet_id);
  std::set<std::string_view> taken;
  for (const Instance& instance : instances_) {
    if (is_there(instance) && instance.launch.region == launch.region
        && instance.launch.subnet_id == launch.subnet_id) {
      taken.insert(instance.private_ip);
    }
  }
  const int hosts = hosts_of(supply(), subnet);
  const int left = std::max(0, hosts - static_cast<int>(taken.size()));
  const auto wanted = static_cast<std::size_t>(std::min(left, launch.max_count));
  std::vector<std::string> found;
  for (int host = 0; found.size() < wanted; ++host) {
    std::string address = address_of(subnet, subnet.first_host + host);
    if (!taken.contains(address)) {
      found.push_back(std::move(address));
    }
  }
  return found;
}

int Ec2State::room_in_quota(const Launch& launch) const
{
  const auto quota = supply().quotas.find(quota_name(launch.type, launch.spot));
  if (quota == supply().quotas.end()) {
    return launch.max_count;
  }
  int used = 0; // vCPUs
  for (const Instance& instance : instances_) {
    const Launch& it = instance.launch;
    const bool counts = is_there(instance) && it.region == launch.region
                        && quota_name(it.type, it.spot) == quota->first;
    used += counts ? vcpus_of(it.type) : 0;
  }
  return std::min(launch.max_count, std::max(0, quota->second - used) / vcpus_of(launch.type));
}

int Ec2State::room_for(const Launch& launch, const std::string& zone) const
{
  int room = launch.max_count;
  for (const auto& entry : supply().pools) {
    const Pool& pool = entry.second;
    if (!is_of(pool, launch, zone)) {
      continue;
    }
    const auto taken = std::ranges::count_if(instances_, [&](const Instance& instance) {
      return is_there(instance) && is_of(pool, instance.launch, instance.launch.zone);
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

Instance Ec2State::new_machine(const Launch& launch)
{
  Instance instance{
    .id = "i-" + random_hex(17), .launch = launch, .launched = clock_.wall(), .born = clock_.now()};
  instance.spot_request_id = launch.spot ? "sir-" + random_hex(8) : "";
  const Params about = {
    {"InstanceType", launch.type}, {"SubnetId", launch.subnet_id}, {"ImageId", launch.image_id}};
  const Trouble trouble = faults_.strike("machine", about);
  if (trouble.fault && trouble.fault->kind == FaultKind::error) {
    instance.doomed = trouble.fault->code;
  } else if (trouble.fault && trouble.fault->kind == FaultKind::power_off) {
    instance.power_off_after = trouble.fault->duration;
  }
  for (const auto& [name, row] : supply().taken_back) {
    if (is_of(row.pool, launch, launch.zone)) {
      const int before = launched_[name]++;
      const bool due = before >= row.skip && before < row.skip + row.count;
      instance.doomed = due ? row.reason : instance.doomed;
    }
  }
  instance.starting = instance.doomed.empty();
  return instance;
}

Ec2Result<std::vector<Instance>> Ec2State::create(const Launch& launch)
{
  const std::vector<std::string> addresses = addresses_for(launch);
  if (static_cast<int>(addresses.size()) < launch.min_count) {
    return refuse("InsufficientFreeAddressesInSubnet",
                  fmt::format("There are not enough free addresses in subnet '{}' to satisfy the "
                              "requested number of instances.",
                              launch.subnet_id));
  }
  const int allowed = room_in_quota(launch);
  if (allowed < launch.min_count) {
    return launch.spot
             ? refuse("MaxSpotInstanceCountExceeded", message_of("MaxSpotInstanceCountExceeded"))
             : refuse("VcpuLimitExceeded",
                      fmt::format("You have requested more vCPU capacity than your current vCPU "
                                  "limit of {} allows for the instance bucket that the specified "
                                  "instance type belongs to. Please visit "
                                  "http://aws.amazon.com/contact-us/ec2-request to request an "
                                  "adjustment to this limit.",
                                  supply().quotas.at(quota_name(launch.type, launch.spot))));
  }
  const int room = room_for(launch, launch.zone);
  if (room < launch.min_count) {
    return no_room(launch);
  }
  const std::string reservation = "r-" + random_hex(17);
  const int count = std::min({room, allowed, static_cast<int>(addresses.size())});
  std::vector<Instance> made;
  for (int index = 0; index < count; ++index) {
    const std::string& address = addresses[static_cast<std::size_t>(index)];
    Instance instance = new_machine(launch);
    instance.reservation_id = reservation;
    instance.launch_index = index;
    instance.private_ip = address;
    instance.public_ip = launch.public_ip ? "203.0.113" + address.substr(address.rfind('.')) : "";
    made.push_back(std::move(instance));
  }
  take_machines("RunInstances", launch.region, made.size());
  instances_.insert(instances_.end(), made.begin(), made.end());
  return made;
}

} // namespace flame::sandbox
