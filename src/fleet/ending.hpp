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
  std::vector<std::string> ended = {}; // EC2 accepted it, or it was already gone; as they came
  std::vector<NotEnded> failed = {};   // may still live
};

// EC2 may not know a machine for so long after its launch.
inline constexpr Millis k_unknown_for = std::chrono::seconds(30);

// Ends machines in batches of 1000; when a batch is refused for some of its ids, the others are
// ended all the same. Tries until `deadline`. An id that EC2 does not know is asked for again for
// `patience`; it counts as ended when no description shows it then either.
EndReport end_machines(const std::vector<std::string>& ids, TimePoint deadline, FleetParts parts,
                       Millis patience = k_unknown_for);

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
