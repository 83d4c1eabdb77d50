#pragma once

#include "boot/plan.hpp"
#include "boot/run.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <string>
#include <vector>

namespace flame::cli {

// What is left of a machine whose boot failed: the last lines of its console on stderr, up to that
// of the failure; all of it and the error in `folder`, when one is set. Nothing secret is in
// either.
class Evidence {
public:
  Evidence(std::string folder, const boot::Plan& plan, World& world, Console& console);

  void add_secret(const std::string& secret); // the presigned URL, once it is known
  void hear(const boot::LastWords& words);
  // After hear(), when there was a machine to hear. The error, without what is secret in the words
  // of the machine that it quotes. A folder that cannot be written is a warning: it must not hide
  // the failure itself.
  Error keep(Error error);

private:
  void write(const std::string& name, std::string_view text);

  std::string folder_;
  World& world_;
  Console& console_;
  std::string nonce_;
  std::vector<std::string> secrets_;
  std::string instance_id_ = {};
};

} // namespace flame::cli
