#pragma once

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/planning.hpp"

// boot --dry-run and run --dry-run: what would be sent, with what is secret in it as ***.
namespace flame::cli {

// Before anything is read. Kind usage: what it prints has no form of this --output.
Result<void> check_dry_run(const Invocation& invocation);

// Prints the first request. With --dry-run=ec2 it looks up what a boot does, EC2 checks each
// candidate, and all that it refuses is in the error.
Result<void> dry_run(const Planning& it);

} // namespace flame::cli
