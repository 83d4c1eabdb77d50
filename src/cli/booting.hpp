#pragma once

#include "boot/run.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/delivery.hpp"
#include "cli/evidence.hpp"
#include "cli/world.hpp"

#include <functional>
#include <optional>
#include <string>

// The boot as a part of another command.
namespace flame::cli {

// Machines that live, and all that they were made with. Members outlive the use.
struct Booted {
  const boot::Plan& plan;
  const config::Settings& settings;
  const boot::BootResult& result;
  Cloud& cloud;
  Delivery& delivery;
  Evidence& evidence;
  TimePoint started; // when the command was
};

struct BootUse {
  std::function<void(config::Settings&)> adjust =
    {}; // before anything is made of them; may be empty
  // What is done with the machines, which it also ends. Empty: they are printed, and live on.
  std::function<Result<void>(const Booted&)> then = {};
};

// Settings, plan, launch: all of `boot`. `attached` is the line of settings of an attached caller.
Result<void> boot_with(const Invocation& invocation, World& world, Console& console,
                       const std::optional<std::string>& attached, const BootUse& use);

} // namespace flame::cli
