#pragma once

#include "sandbox/ec2_templates.hpp"
#include "sandbox/ec2_types.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/machine_host.hpp"
#include "sandbox/scenario.hpp"
#include "sandbox/world.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

// The machines of the sandbox and what has been asked for them. Thread-safe; takes its time from
// a clock, so that tests say what time it is.
namespace flame::sandbox {

struct Ec2Rules {
  Millis pending_time = Millis(500);
  Millis shutdown_time = Millis(300); // from power off to terminated or stopped
  bool reused_token_is_error = true;  // IdempotentInstanceTerminated, else the old, ended machine
  bool has_default_vpc = true;        // the account's subnets are the default VPC's
  Scenario scenario = {Stage()};      // what there is to have
};

class Ec2State {
public:
  // All but `rules` must outlive this. `make_spec` says how an instance's machine is to be run;
  // on_off is set here.
  Ec2State(Clock& clock, MachineHost& host, FaultBook& faults, Ec2Rules rules,
           std::function<MachineSpec(const Instance&)> make_spec);

  // The machines of this or, with its token, of an earlier launch. `no_capacity` is a fault that
  // comes after all checks and binds the token, as the real one does.
  Ec2Result<std::vector<Instance>> launch(const Launch& launch,
                                          const std::optional<Ec2Error>& no_capacity);
  // RequestLimitExceeded, or takes a token of the action's bucket of requests.
  std::optional<Ec2Error> admit(const std::string& action, const Params& params,
                                const std::string& region);
  // Whether a zone has the type, and the account what spot machines need.
  bool offers(const std::string& type, const std::string& region, const Subnet& subnet);
  bool allows_spot();
  int free_addresses(const std::string& region, const Subnet& subnet);
  void play(Scenario scenario); // from its beginning
  // In order of launch; those of the last hour. Unless it is the truth, too young ones are left
  // out, and states are as late as the scenario says.
  std::vector<Instance> instances(const std::string& region, bool truth = false);
  // By id, in the order asked; InvalidInstanceID.NotFound or .Malformed when one is unknown.
  Ec2Result<std::vector<Instance>> find(const std::string& region,
                                        const std::vector<std::string>& ids);
  Ec2Result<std::vector<StateChange>> terminate(const std::string& region,
                                                const std::vector<std::string>& ids);
  // Volumes and interfaces: those of machines, and what was left behind.
  std::vector<Resource> resources(const std::string& region, ResourceKind kind);
  void leave(Resource resource);
  // As if the machine's own script did it. False when there is no such machine on.
  bool power_off(const std::string& id);
  bool reclaim(const std::string& id); // as EC2 takes a spot machine back
  // Of a spot machine that is on, else false: EC2's hint that it may be interrupted soon, and its
  // notice that it takes the machine back after `time`, which it then does.
  bool hint(const std::string& id);
  bool interrupt(const std::string& id, Millis time);
  Params spot_news(const std::string& id);    // what metadata says of these
  std::string console(const std::string& id); // with what say() added
  void say(const std::string& id, std::string_view text);
  TemplateBook& templates() { return templates_; }
  const Ec2Rules& rules() const { return rules_; }
  void tick(); // what is due by the clock: machines that faults switch off, and that EC2 takes back

private:
  struct Bound { // what a client token stands for
    std::string fingerprint = {};
    std::vector<std::string> ids = {}; // empty: the request failed for capacity
  };

  Ec2Result<std::vector<Instance>> earlier(const Bound& bound, const Launch& launch);
  Ec2Result<std::vector<Instance>> create(const Launch& launch);
  // What there is to have, in ec2_supply.cpp; mutex_ is held.
  const Supply& supply() const;
  bool is_visible(const Instance& instance) const;
  Instance seen(const Instance& instance) const;
  std::optional<Ec2Error> limit_machines(const Launch& launch);
  std::optional<Ec2Error> take_machines(const std::string& action, const std::string& region,
                                        std::size_t count);
  std::vector<std::string> addresses_for(const Launch& launch) const;
  int room_in_quota(const Launch& launch) const;
  int room_for(const Launch& launch, const std::string& zone) const; // at most what it asks for
  tl::unexpected<Ec2Error> no_room(const Launch& launch) const;
  Instance new_machine(const Launch& launch);
  void settle(); // moves what is due by the clock; mutex_ is held
  void machine_off(const std::string& id);
  Instance* find_spot(const std::string& id); // that is on; mutex_ is held
  void start(const Instance& instance);
  Instance* find_one(const std::string& region, const std::string& id);
  Ec2Result<std::vector<Instance*>> select(const std::string& region,
                                           const std::vector<std::string>& ids);

  Clock& clock_;
  MachineHost& host_;
  FaultBook& faults_;
  Ec2Rules rules_;
  std::function<MachineSpec(const Instance&)> make_spec_;
  TemplateBook templates_ = {};
  std::mutex mutex_;
  std::vector<Instance> instances_;
  std::vector<Resource> leftovers_;
  std::map<std::string, std::string> said_; // by machine
  std::map<std::string, Bound> tokens_;     // by region, zone or "", and token
  std::optional<TimePoint> played_since_;   // the first RunInstances of the scenario
  Buckets buckets_ = {};
  std::map<std::string, int> launched_; // by the pools of Supply::taken_back
};

} // namespace flame::sandbox
