#pragma once

#include "base/error.hpp"
#include "sandbox/machine/descriptor.hpp"
#include "sandbox/machine_host.hpp"

#include <sys/types.h>

#include <string>

namespace flame::sandbox::machine {

// A machine's outermost process, PID 1 of a PID namespace of its own: when it ends, so does all
// that runs in the machine. It is killed when the thread that booted it ends, and with that when
// this process is killed. SIGTERM to it is the power button; its end is the machine's power off.
struct Process {
  pid_t pid = -1;
  Descriptor console = {}; // what the machine writes; end of file once it is off
};

struct Place {
  std::string id = {};     // also the name of the container
  std::string folder = {}; // holds `root`, the machine's root folder
  std::string cgroup = {}; // see cgroup.hpp; exists
  System system = {};      // what it boots
};

// Boots systemd on `root` in the network namespace of the calling thread, which has to live until
// the machine is off, and to wait for it.
Result<Process> boot(const Place& place);

} // namespace flame::sandbox::machine
