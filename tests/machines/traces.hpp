#pragma once

#include "sandbox/machine/descriptor.hpp"

#include <sys/types.h>

#include <map>
#include <set>
#include <string>

namespace flame::tests {

// What the machines of one process have on this computer, which may be full of other machines.
struct Traces {
  std::map<pid_t, std::string> processes = {}; // below the owner, with the time of their start
  // "net:[4026532000]", less those of this process. Held open: the kernel gives the number of one
  // that is gone to the next, which may be another test's.
  std::map<std::string, sandbox::machine::Descriptor> namespaces = {};
  std::set<std::string> tokens = {}; // the names of the owner's leases
  std::string state_folder = {};
};

Traces traces_of(pid_t owner, const std::string& state_folder);

// A killed sandbox may leave files (and empty cgroups), never the others.
enum class Kinds { all, no_files };

// What is still there after 5 s, a trace a line; "" as soon as all is gone.
std::string traces_left(const Traces& traces, Kinds kinds);

} // namespace flame::tests
