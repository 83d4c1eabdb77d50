#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/stored_logs.hpp"
#include "cli/world.hpp"

#include <optional>
#include <string>

// How `logs` reads and prints what a machine says, without what is known to be secret.
namespace flame::cli {

struct LogsOf { // nothing is owned but the machine
  const Invocation& invocation;
  World& world;
  Console& console;
  Cloud& cloud;
  aws::Instance machine = {};
};

// Stages and console as they are, and what the machine has written into its store. Errors: of EC2,
// where the store has nothing either.
Result<void> show_logs(const LogsOf& of, const std::string& region,
                       const std::optional<StoredLogs>& stored);

// The console as it grows, until the machine has ended. Errors: of EC2, but those that pass; kind
// interrupted.
Result<void> follow_logs(const LogsOf& of);

} // namespace flame::cli
