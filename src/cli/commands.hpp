#pragma once

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

// What the rows of the command table run; one file each in commands/.
namespace flame::cli {

Result<void> run_run(const Invocation& invocation, World& world, Console& console);
int status_of_run(const Invocation& invocation, World& world, const Error& error);
Result<void> run_wait(const Invocation& invocation, World& world, Console& console);
int status_of_wait(const Invocation& invocation, World& world, const Error& error);
Result<void> run_boot(const Invocation& invocation, World& world, Console& console);
Result<void> run_configure(const Invocation& invocation, World& world, Console& console);
Result<void> run_template_user_data(const Invocation& invocation, World& world, Console& console);
Result<void> run_terminate(const Invocation& invocation, World& world, Console& console);
Result<void> run_list(const Invocation& invocation, World& world, Console& console);
Result<void> run_logs(const Invocation& invocation, World& world, Console& console);
Result<void> run_gc(const Invocation& invocation, World& world, Console& console);
Result<void> run_plan(const Invocation& invocation, World& world, Console& console);
Result<void> run_doctor(const Invocation& invocation, World& world, Console& console);
Result<void> run_iam_policy(const Invocation& invocation, World& world, Console& console);
Result<void> run_decode_parent(const Invocation& invocation, World& world, Console& console);
Result<void> run_completion(const Invocation& invocation, World& world, Console& console);
Result<void> run_help(const Invocation& invocation, World& world, Console& console);
Result<void> run_man(const Invocation& invocation, World& world, Console& console);

} // namespace flame::cli
