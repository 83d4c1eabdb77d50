#include "cli/completion/completion.hpp"

#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace flame::cli {

Result<void> run_completion(const Invocation& invocation, World& world, Console& /*console*/)
{
  if (const auto kind = invocation.value("--values"); kind && invocation.operands.empty()) {
    return world.write_out(asked_values(*kind, world));
  }
  if (invocation.operands.size() != 1 || invocation.has("--values")) {
    return fail(ErrorKind::usage, "flame-ec2 completion takes the name of one shell",
                "write flame-ec2 completion bash, zsh or fish");
  }
  return world.write_out(text_output(completion(invocation.operands.front()), invocation.output));
}

} // namespace flame::cli
