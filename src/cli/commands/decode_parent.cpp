#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/parent_output.hpp"
#include "flame/node.hpp"
#include "flame/parent.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

// More than any value has: what is longer is said to be too long, and not read to its end.
constexpr std::size_t k_input_limit = 256UL * 1024;

// All lines, so that a value that was wrapped is told from one that was cut.
Result<std::string> read_input(const World& world)
{
  std::string text;
  while (text.size() < k_input_limit) {
    const auto line = world.read_line();
    if (const int signal = world.cancel->state().signal; signal != 0) {
      Error error{.kind = ErrorKind::interrupted, .message = "interrupted"};
      error.signal = signal;
      return tl::unexpected(error);
    }
    if (!line) {
      break;
    }
    text += *line + "\n";
  }
  return std::string(trim(text));
}

Result<std::string> value_of(const Invocation& invocation, const World& world)
{
  if (invocation.operands.size() > 1) {
    return fail(ErrorKind::usage, "flame-ec2 decode-parent takes one value",
                "a value has no blanks; quote it, or write it to standard input, with - as value");
  }
  if (!invocation.operands.empty()) {
    const std::string& operand = invocation.operands.front();
    return operand == "-" ? read_input(world) : operand;
  }
  const auto variable = world.env.find("FLAME_PARENT");
  if (variable == world.env.end()) {
    return fail(ErrorKind::usage, "no value is given, and FLAME_PARENT is not set",
                "give the value, or - to read it from standard input; --example NODE makes one");
  }
  return variable->second;
}

// Why it would be of no use, although it decodes.
std::optional<Error> faults_of(const child::Parent& parent)
{
  Mistakes mistakes(ErrorKind::config);
  for (const auto& result : {child::check_reachable(parent), child::check_backend(parent)}) {
    if (!result) {
      mistakes.add(result.error());
    }
  }
  return mistakes.empty() ? std::nullopt : std::optional(mistakes.error());
}

Result<void> print_example(const std::string& node, const Invocation& invocation, World& world,
                           Console& console)
{
  if (!invocation.operands.empty()) {
    return fail(ErrorKind::usage, "--example makes a value and takes none",
                "write flame-ec2 decode-parent --example NODE");
  }
  if (!child::is_node_name(node)) {
    return fail(ErrorKind::usage, fmt::format("--example \"{}\" is no name of a node", node),
                "write it as app@10.0.0.7");
  }
  if (const auto reachable = child::check_reachable({.node = node}); !reachable) {
    console.warn(reachable.error().message);
  }
  return world.write_out(
    example_output(child::example_parent(node, *world.random), invocation.output));
}

} // namespace

Result<void> run_decode_parent(const Invocation& invocation, World& world, Console& console)
{
  if (const auto node = invocation.value("--example")) {
    return print_example(*node, invocation, world, console);
  }
  const auto value = value_of(invocation, world);
  if (!value) {
    return tl::unexpected(value.error());
  }
  const auto parent = child::decode_parent(*value);
  if (!parent) {
    return tl::unexpected(parent.error());
  }
  const auto faults = faults_of(*parent);
  auto written =
    world.write_out(parent_output(*parent, faults ? &*faults : nullptr, invocation.output));
  if (!written || !faults) {
    return written;
  }
  return as_in_result(tl::unexpected(*faults));
}

} // namespace flame::cli
