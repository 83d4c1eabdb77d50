#pragma once

#include "sandbox/machine_host.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace flame::tests {

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
  std::vector<std::string> ids_ = {};
};

} // namespace flame::tests
