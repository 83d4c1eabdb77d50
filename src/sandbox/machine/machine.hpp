#pragma once

#include "sandbox/machine/console.hpp"
#include "sandbox/machine/descriptor.hpp"
#include "sandbox/machine/process.hpp"
#include "sandbox/machine_host.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace flame::sandbox::machine {

// How long a machine may take to power off after its button was pressed.
inline constexpr std::chrono::seconds k_power_off_grace{10};

// One machine and the thread that is its whole life: a namespace and its servers, the boot, the
// console, the end. The thread owns the machine's process, which dies with it.
class Machine {
public:
  // `folder` and `cgroup` are this machine's alone; it makes and removes both.
  Machine(MachineSpec spec, Place place);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine(); // pulls the plug and waits

  void press_power_button();
  void pull_plug(); // at once; does not wait
  std::string console() const { return console_.text(); }

private:
  enum class Wish { run, power_off, end };

  void live();
  Result<void> run();
  void watch(const Process& process);
  void read_console(int fd, bool& open);
  void wish(Wish wish);
  void say(const std::string& line);

  MachineSpec spec_;
  Place place_;
  Console console_ = {};
  std::atomic<Wish> wish_ = Wish::run;
  Descriptor wake_; // an eventfd: wish_ has changed
  std::thread thread_ = {};
};

} // namespace flame::sandbox::machine
