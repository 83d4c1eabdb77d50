#pragma once

#include "sandbox/machine_host.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace flame::sandbox::machine {

// What a machine can talk to: the metadata service and the sandbox itself, bound in the network
// namespace of the thread that starts them.
class Servers {
public:
  Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;
  ~Servers(); // stops

  Result<void> start(const MachineSpec& spec);
  void stop(); // waits for requests that are being answered

private:
  struct Running;

  Result<void> serve(const std::function<void(httplib::Server&)>& add_routes,
                     const std::string& address, std::uint16_t port);

  std::vector<std::unique_ptr<Running>> running_;
};

} // namespace flame::sandbox::machine
