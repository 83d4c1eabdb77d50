#include "cli/help.hpp"

#include "cli/commands.hpp"
#include "cli/reference.hpp"

#include <fmt/format.h>

namespace flame::cli {

Result<void> run_help(const Invocation& invocation, World& world, Console& /*console*/)
{
  if (invocation.operands.empty()) {
    return world.write_out(main_help());
  }
  if (invocation.operands.front() == k_settings_topic) {
    return world.write_out(settings_reference());
  }
  const Command* command = find_command(invocation.operands.front());
  if (command == nullptr) {
    return fail(ErrorKind::usage,
                fmt::format("there is no command \"{}\"", invocation.operands.front()),
                "see: flame-ec2 --help");
  }
  return world.write_out(command_help(*command));
}

} // namespace flame::cli
