#pragma once

#include "aws/ec2_api.hpp"
#include "aws/s3_api.hpp"
#include "base/ports.hpp"
#include "boot/job.hpp"
#include "boot/progress.hpp"
#include "fleet/output.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Follows commands of `run` on machines that live, each to its end, by the store or the console.
namespace flame::boot {

// What a machine may take until the first line of its script, when nobody says more: as a boot that
// waits for ready.
inline constexpr Millis k_patience = std::chrono::minutes(5);

// A machine, and what is known of its command.
struct RunningJob {
  aws::Instance machine = {};
  std::size_t index = 0; // what the command knows as FLAME_EC2_INDEX; the caller's to set
  std::vector<fleet::StageLine> lines = {};
  fleet::Gathered output = {};
  std::optional<JobEnd> end = {}; // nullopt: nobody has seen it end
  bool has_left = false;          // EC2 says so: the machine is ended, or is about to be
};

struct FollowParts {
  aws::Ec2Api& ec2;
  Clock& clock;
  const Cancel& cancel;
  Progress& progress;
  std::string nonce = {};
  aws::S3Api* s3 = nullptr;               // not owned; nullptr: there is no store
  aws::S3Object folder = {};              // the boot's own in it
  std::optional<TimePoint> deadline = {}; // when no machine can live any more; nullopt: no limit
  Millis patience = k_patience;           // with a machine that says nothing at all
  // Given what a command prints, as it comes; an error ends it all.
  std::function<Result<void>(std::size_t job, fleet::Stream, std::string_view)> show = {};
};

struct Followed {
  std::vector<RunningJob> jobs = {}; // in the order of the machines
  std::optional<Error> error = {};   // why not all were followed to their ends
};

// What machines still live is the caller's to end.
Followed follow(const std::vector<aws::Instance>& machines, const FollowParts& parts);

} // namespace flame::boot
