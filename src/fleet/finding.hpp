#pragma once

#include "aws/ec2_api.hpp"
#include "base/ports.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Finding our machines.
namespace flame::fleet {

// Exactly one of these is set.
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
};

// Machines that are not ended yet. With a run id that finds nothing, looks again for `settle`: a
// launch may become visible only seconds after it was answered. Cancelling stops the search.
Result<std::vector<aws::Instance>> find_live(const Selector& selector, Millis settle,
                                             FleetParts parts);

// Machines by id, in whatever state, ended ones too; unknown ids are left out.
aws::Outcome<std::vector<aws::Instance>>
describe_machines(std::span<const std::string> ids, aws::CallLimit limit, const FleetParts& parts);

bool is_ours(const aws::Instance& machine); // EC2 drops the tags of ended machines after a while

Error interrupted_by(int signal);

} // namespace flame::fleet
