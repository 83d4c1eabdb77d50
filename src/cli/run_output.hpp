#pragma once

#include "boot/follow.hpp"
#include "boot/run.hpp"

#include <string>
#include <vector>

// What `run` writes into the file of --result. Pure.
namespace flame::cli {

struct RunResult {
  std::string run_id = {};
  std::string region = {};
  int exit_status = 0;                     // of flame-ec2
  std::vector<boot::RunningJob> jobs = {}; // "" when nothing was launched
  std::vector<std::string> may_run = {};   // ids of machines that may still live
  std::vector<std::string> kept = {};      // and of those that are to
  std::string artifacts = {};              // folder, "" when none were asked for
  boot::Timings timings = {};
  std::optional<Millis> total = {};
  std::optional<Error> error = {}; // of flame-ec2 itself
};

std::string run_result(const RunResult& result);

// How long the command ran, by its machine's clock.
std::optional<Millis> duration_of(const boot::RunningJob& job);

} // namespace flame::cli
