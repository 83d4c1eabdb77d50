#pragma once

#include "boot/calls.hpp"
#include "boot/survey.hpp"
#include "cli/command.hpp"
#include "cli/fleet_output.hpp"

#include <optional>
#include <string>
#include <vector>

// What `plan` prints. Pure.
namespace flame::cli {

struct PlannedCandidate {
  boot::Candidate candidate = {};
  std::string zone = {};                     // "": EC2's choice, or not known
  std::optional<boot::Dropped> against = {}; // that it cannot be had
};

struct PlanReport {
  std::string run_id = {};
  std::string region = {};
  std::string app = {};
  std::size_t count = 1;
  std::size_t min_count = 1;                     // with so many a boot is content
  std::vector<PlannedCandidate> candidates = {}; // in order of preference
  aws::Params request = {};                      // of the first that can be had; user data as text
  std::vector<boot::PlannedCall> calls = {};
  Millis least = Millis(0);     // by EC2's limits, with the first candidate
  Millis least_all = Millis(0); // with each candidate asked for
  std::size_t user_data = 0;    // bytes
  std::size_t user_data_limit = 0;
  bool packed = false; // in gzip
  std::optional<Seconds> expires_at = {};
  std::optional<std::size_t> live = {}; // machines of the app; nullopt: nobody has counted
  std::optional<int> max_running = {};
  const Error* error = nullptr; // why a boot would be refused; not owned
};

// text: as wide as the terminal, where no name or value is longer; whole where there is none.
std::string plan_output(const PlanReport& report, Output output, const Look& look);

} // namespace flame::cli
