#pragma once

#include "boot/run.hpp"
#include "boot/step.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

// The hands of the boot: the only place with effects.
namespace flame::boot {

// What the serials of the pure step stand for.
class Serials {
public:
  explicit Serials(BootParts& parts) : parts_(parts) {}

  const std::string& token(int serial);
  Result<std::string> user_data(int serial, std::size_t first);

private:
  BootParts& parts_;
  std::map<int, std::string> tokens_ = {};
  std::map<std::pair<int, std::size_t>, std::string> renders_ = {};
};

// Does what step() has decided, and tells what came of it. Plan and parts outlive it.
class Performer {
public:
  using Report = std::function<Result<void>(const std::vector<aws::Instance>&)>;
  Performer(const Plan& plan, BootParts& parts, Report report)
    : plan_(plan), parts_(parts), serials_(parts), report_(std::move(report))
  {
  }

  // `state` is what step() has come to, `known` the signals that it has seen.
  Event perform(const Action& action, const State& state, CancelState known);

private:
  const Plan& plan_;
  BootParts& parts_;
  Serials serials_;
  Report report_;
};

} // namespace flame::boot
