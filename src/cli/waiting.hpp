#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"
#include "fleet/finding.hpp"

#include <optional>

// How `wait` waits: it looks, listens, and prints what became of each machine.
namespace flame::cli {

struct Wait {
  fleet::Selector selector = {};
  std::optional<aws::S3Object> store = {}; // where machines may have written; else consoles tell
  bool ready = true;                       // until they are; false: until they have stopped
  Millis limit = Millis(0);                // 0: none
  Output output = Output::text;
};

// Errors: kind timeout after the limit; of a machine that never gets there, once all are done, and
// it is in the result then; kind command with the highest status of what has stopped.
Result<void> wait_for(const Wait& wait, World& world, Console& console, Cloud& cloud);

} // namespace flame::cli
