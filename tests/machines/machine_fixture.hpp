#pragma once

#include "sandbox/machine_host.hpp"

#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace flame::tests {

// What a machine could leave on this computer: "process 12 systemd", "mount …", "folder /tmp/x".
// A killed sandbox may leave `files` (and cgroups), never the others.
enum class Kinds { all, no_files };
std::set<std::string> traces(Kinds kinds = Kinds::all);

// Waits until nothing is there that was not there before; gives what is still there after 5 s,
// a trace a line.
std::string traces_left(const std::set<std::string>& before, Kinds kinds = Kinds::all);

// A folder that is removed at the end, and a host that works in it.
class HostFixture {
public:
  HostFixture();
  ~HostFixture();
  HostFixture(const HostFixture&) = delete;
  HostFixture& operator=(const HostFixture&) = delete;

  // A machine whose "metadata service" answers /latest/user-data and whose "endpoint" /hello, and
  // that notes its end.
  void start(const std::string& id, const std::string& user_data);

  bool is_off(const std::string& id) const;
  bool off_within(const std::string& id, std::chrono::milliseconds limit) const;
  bool says(const std::string& id, const std::string& text) const;
  bool says_within(const std::string& id, const std::string& text,
                   std::chrono::milliseconds limit) const;

  std::string folder = {};
  std::unique_ptr<sandbox::MachineHost> host = {};

private:
  struct Note;
  std::shared_ptr<Note> note_;
};

} // namespace flame::tests
