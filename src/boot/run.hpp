#pragma once

#include "aws/ec2_api.hpp"
#include "base/ports.hpp"
#include "boot/plan.hpp"
#include "boot/progress.hpp"
#include "boot/step.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace flame::boot {

struct Machine {
  aws::Instance instance = {};
  std::size_t index = 0; // among those of the boot, FLAME_EC2_INDEX of a job; from 0
  std::optional<std::string> stage = {}; // nullopt: nobody has asked the machine
  std::optional<Seconds> expires_at = {};
};

struct Timings {                     // since the start of the boot
  std::optional<Millis> launch = {}; // RunInstances answered
  std::optional<Millis> running = {};
  std::optional<Millis> ready = {};
};

// A candidate that EC2 refused before another was taken, or would have.
struct Refused {
  Candidate candidate = {};
  std::string code = {};
  std::string message = {};
  bool asked = true; // EC2 was; else it was known before
};

struct BootResult {
  std::string run_id = {};
  std::string region = {};
  std::string account = {};
  std::vector<Machine> machines = {};
  Timings timings = {};
  std::vector<Refused> refused = {}; // those not asked for, then in the order of the tries
};

// What a machine whose boot failed has said, "" when EC2 had nothing of it. The text may hold what
// the release prints, so secrets are to be masked before it is shown.
struct LastWords {
  std::string instance_id = {};
  std::string console = {};
};

// What machines have said of their stages, by id, as far as they could be heard.
struct Said {
  std::map<std::string, std::string> texts = {};
  std::optional<Unheard> unheard = {}; // one that could not; if one stays silent, that one
};

// One after another, until one fails in a way that stays.
Said each_said(const std::vector<std::string>& ids,
               const std::function<aws::Outcome<std::string>(const std::string&)>& listen);

// The world of one boot. All outlive the call.
struct BootParts {
  aws::Ec2Api& ec2;
  Clock& clock;
  const Cancel& cancel;
  Random& random;
  Progress& progress;
  // Renders the user data anew, with a URL presigned by the credentials and the clock of now.
  // `first`: the place of the launch's first machine among all, 0 where no machine asks for its
  // own.
  std::function<Result<std::string>(std::size_t first)> render;
  // What machines have said of their stages; by default their consoles as they are now.
  std::function<Said(const std::vector<std::string>& ids, aws::CallLimit)> listen = {};
  // Called at most once, before run() fails, when the console of a machine was asked for.
  std::function<void(const LastWords&)> hear = {};
  // Hands the result to the caller, once. When it cannot, the machine is ended. An attached caller
  // is waited for after it: until it is satisfied the machine is watched on.
  std::function<Result<void>(const BootResult&)> report = {};
  std::optional<TimePoint> started = {}; // from when the boot timeout counts; nullopt: now
};

// One loop owns the boot: decide, say, do. Success: the result is reported, and exactly its
// machines live. An error's `instances` are the machines that may still live; empty: none of this
// boot does.
Result<BootResult> run(const Plan& plan, BootParts parts);

} // namespace flame::boot
