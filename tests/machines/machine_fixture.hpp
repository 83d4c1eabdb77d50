#pragma once

#include "sandbox/machine_host.hpp"

#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace flame::tests {

// Whatever a machine could leave on this computer: "process 12", "net:[4026531840]", "cgroup /x",
// "folder /tmp/x", "mount /x".
std::set<std::string> traces();

// Waits until nothing is there that was not there before; gives what is still there after 5 s.
std::set<std::string> traces_left(const std::set<std::string>& before);

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
  bool says_within(const std::string& id, const std::string& text,
                   std::chrono::milliseconds limit) const;

  std::string folder = {};
  std::unique_ptr<sandbox::MachineHost> host = {};

private:
  struct Note;
  std::shared_ptr<Note> note_;
};

} // namespace flame::tests
