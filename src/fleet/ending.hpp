#pragma once

#include "fleet/finding.hpp"

#include <string>
#include <string_view>
#include <vector>

// Ending machines.
namespace flame::fleet {

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
