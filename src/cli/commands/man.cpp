#include "cli/commands.hpp"
#include "cli/manual.hpp"

namespace flame::cli {

Result<void> run_man(const Invocation& /*invocation*/, World& world, Console& /*console*/)
{
  return world.write_out(manual());
}

} // namespace flame::cli
