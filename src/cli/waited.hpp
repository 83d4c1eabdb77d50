#pragma once

#include "aws/ec2_api.hpp"
#include "base/error.hpp"
#include "base/ports.hpp"
#include "cli/command.hpp"

#include <optional>
#include <string>
#include <vector>

// A machine that `wait` waits for, and how such machines are printed. Pure.
namespace flame::cli {

struct Waited {
  aws::Instance machine = {};
  std::string stage = {};
  std::optional<int> status = {};     // of what ran, once it has stopped
  std::optional<Error> error = {};    // why it never gets there
  std::optional<TimePoint> left = {}; // since when EC2 shows it as ended
  bool told = false;                  // of EC2's notice
  TimePoint looked = {};              // at its console
  bool done = false;
};

// `error`: the first of theirs; nullptr: none.
std::string waited_output(const std::vector<Waited>& all, Output output, const Error* error);

} // namespace flame::cli
