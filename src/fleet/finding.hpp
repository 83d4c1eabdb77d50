#pragma once

#include "aws/ec2_api.hpp"
#include "base/ports.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Finding our machines.
namespace flame::fleet {

// Exactly one of these is set, where a command does not say otherwise.
struct Selector {
  std::vector<std::string> ids = {};
  std::string run_id = {};
  std::string app = {};
  bool all = false; // everything that is ours in the region
};

// Kind usage: "i-" and 8 or 17 hex digits. All bad ids at once.
Result<void> check_instance_ids(const std::vector<std::string>& ids);

struct FleetParts {
  aws::Ec2Api& ec2;
  Clock& clock;
  const Cancel& cancel;
  Millis cancel_grace = Millis(0); // so long a call goes on when the user has cancelled
};

struct Looked {
  std::vector<aws::Instance> live = {}; // not ended yet
  std::vector<std::string> unknown =
    {}; // ids that EC2 does not show: never there, not yet, no more
};

// One look at a selection.
aws::Outcome<Looked> look_for(const Selector& selector, const FleetParts& parts);

// Machines of ours in whatever state, as long as EC2 shows them with their tags; the others alone
// unless `ended`. Run id and app of `selector` count both when both are set.
aws::Outcome<std::vector<aws::Instance>> find_ours(const Selector& selector, bool ended,
                                                   const FleetParts& parts);

// Machines that FlameEC2 1.0 has started and nobody has ended; all apps for "".
aws::Outcome<std::vector<aws::Instance>> find_orphans(const std::string& app,
                                                      const FleetParts& parts);

// Volumes or network interfaces with our tags that no machine has; all apps for "".
aws::Outcome<std::vector<aws::Resource>>
find_leftovers(aws::ResourceKind kind, const std::string& app, const FleetParts& parts);

// Machines by id, in whatever state, ended ones too; unknown ids are left out.
aws::Outcome<std::vector<aws::Instance>>
describe_machines(std::span<const std::string> ids, aws::CallLimit limit, const FleetParts& parts);

bool is_ended(aws::InstanceState state); // or about to be

// The value of a tag, "" when there is none.
std::string_view tag(const std::map<std::string, std::string>& tags, std::string_view key);
bool is_ours(const aws::Instance& machine); // EC2 drops the tags of ended machines after a while

Error interrupted_by(int signal);

} // namespace flame::fleet
