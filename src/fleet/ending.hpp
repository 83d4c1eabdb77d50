#pragma once

#include "aws/ec2_api.hpp"
#include "base/ports.hpp"

#include <string>
#include <string_view>
#include <vector>

// Finding our machines and ending them.
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

struct NotEnded {
  std::string id = {};
  Error error = {};
};

struct EndReport {
  std::vector<std::string> ended = {}; // EC2 accepted it, or it was already gone
  std::vector<NotEnded> failed = {};   // may still live
};

// Ends machines in batches of 1000; when a batch is refused for one of its ids, the others are
// ended all the same. Tries until `deadline`.
EndReport end_machines(const std::vector<std::string>& ids, TimePoint deadline, FleetParts parts);

// Until EC2 says terminated for all, or knows them no more. Kind timeout, with the ids that are
// left, at `deadline`.
Result<void> wait_until_gone(const std::vector<std::string>& ids, TimePoint deadline,
                             FleetParts parts);

// The report as one error of kind leftover, with the command that ends the rest; no error when all
// have ended.
Result<void> as_result(const EndReport& report);

// "flame-ec2 terminate --region eu-west-1 --run-id ci-7"
std::string terminate_command(std::string_view region, std::string_view run_id);

} // namespace flame::fleet
