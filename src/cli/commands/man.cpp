#include "cli/commands.hpp"
#include "cli/manual.hpp"
#include "cli/output.hpp"

namespace flame::cli {

Result<void> run_man(const Invocation& invocation, World& world, Console& /*console*/)
{
  return world.write_out(text_output(manual(), invocation.output));
}

} // namespace flame::cli
