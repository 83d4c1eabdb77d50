#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

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
    std::vector<std::string_view> names = {k_settings_topic};
    std::ranges::transform(commands(), std::back_inserter(names), &Command::name);
    const std::string_view meant = nearest(invocation.operands.front(), names);
    return fail(ErrorKind::usage,
                fmt::format("there is no command \"{}\"", invocation.operands.front()),
                meant.empty() ? "see: flame-ec2 --help"
                              : fmt::format("did you mean: flame-ec2 help {}", meant));
  }
  return world.write_out(command_help(*command));
}

} // namespace flame::cli
