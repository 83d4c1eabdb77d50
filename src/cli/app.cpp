#include "cli/app.hpp"

#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "cli/output.hpp"
#include "cli/parser.hpp"
#include "cli/program.hpp"
#include "cli/ticking_clock.hpp"
#include "cli/version_output.hpp"
#include "io/libraries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>

namespace flame::cli {
namespace {

std::string version_text(std::string_view commit, Output output)
{
  Build build{.version = version(), .commit = commit, .libraries = io::libraries_of_io()};
  std::ranges::move(libraries_of_base(), std::back_inserter(build.libraries));
  return version_output(build, output);
}

std::string help_of(const Invocation& invocation, std::size_t width)
{
  if (invocation.command == nullptr) {
    return invocation.whole_help ? whole_help(width) : main_help(width);
  }
  return invocation.whole_help ? whole_help(*invocation.command, width)
                               : command_help(*invocation.command, width);
}

Result<void> perform(const Parsed& parsed, World& world, Console& console, std::string_view commit)
{
  const Invocation& invocation = parsed.invocation;
  const bool unknown_command = parsed.error && invocation.command == nullptr;
  if ((invocation.help || invocation.whole_help) && !unknown_command) {
    return world.write_out(
      text_output(help_of(invocation, help_width(world.terminal.out_width)), invocation.output));
  }
  if (invocation.version) {
    return world.write_out(version_text(commit, invocation.output));
  }
  if (parsed.error) {
    return tl::unexpected(*parsed.error);
  }
  return invocation.command->run(invocation, world, console);
}

// A bug must still end as a sentence and a status.
Result<void> guarded(const Parsed& parsed, World& world, Console& console, std::string_view commit)
{
  const Ticking ticking(world, console);
  try {
    return perform(parsed, world, console, commit);
  } catch (const std::exception& failure) {
    return fail(ErrorKind::internal, fmt::format("this should not happen: {}", failure.what()),
                "please report it with the command line");
  }
}

} // namespace

int run_program(std::span<const std::string> arguments, World& world, std::string_view commit)
{
  const Parsed parsed = parse(arguments);
  Console console(parsed.invocation, world);
  if (arguments.empty()) { // somebody looks what this is, or a script's variable is empty
    console.raw(overview(help_width(world.terminal.width())));
    return info(ErrorKind::usage).exit_status;
  }
  const Result<void> outcome = guarded(parsed, world, console, commit);
  console.clear();
  if (outcome) {
    return 0;
  }
  const Error& error = outcome.error();
  if (!error.message.empty()) {
    console.error(error);
  }
  if (parsed.invocation.output == Output::json && error.kind != ErrorKind::output
      && !error.in_result) {
    static_cast<void>(world.write_out(error_json(error))); // stderr has said it already
  }
  const Command* const command = parsed.invocation.command;
  return command != nullptr && command->status_of != nullptr
           ? command->status_of(parsed.invocation, world, error)
           : exit_status(error);
}

int run(std::span<const std::string> arguments, World& world)
{
  return run_program(arguments, world, {});
}

} // namespace flame::cli
