#include "cli/help.hpp"

#include "cli/commands.hpp"
#include "cli/meant.hpp"
#include "cli/output.hpp"
#include "cli/reference.hpp"

#include <fmt/format.h>

namespace flame::cli {

namespace {

Result<std::string> help_on(std::string_view topic, std::size_t width)
{
  if (topic == k_settings_topic) {
    return settings_reference();
  }
  if (topic == k_statuses_topic) {
    return statuses_help(width);
  }
  if (const Command* command = find_command(topic); command != nullptr) {
    return whole_help(*command, width);
  }
  return fail(ErrorKind::usage, fmt::format("there is no command \"{}\"", topic),
              meant_topic(topic));
}

} // namespace

Result<void> run_help(const Invocation& invocation, World& world, Console& /*console*/)
{
  const std::size_t width = help_width(world.terminal.out_width);
  if (invocation.operands.size() > 1) {
    return fail(ErrorKind::usage, "flame-ec2 help tells of one command",
                fmt::format("write: flame-ec2 help {}", invocation.operands.front()));
  }
  const auto text = invocation.operands.empty() ? Result<std::string>(main_help(width))
                                                : help_on(invocation.operands.front(), width);
  return text ? world.write_out(text_output(*text, invocation.output))
              : tl::unexpected(text.error());
}

} // namespace flame::cli
