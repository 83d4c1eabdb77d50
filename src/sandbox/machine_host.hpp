#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace httplib {
class Server;
}

// Where the sandbox's machines run. Real ones boot systemd from the host's own /usr, or from that
// of another system, in namespaces of their own; `--machines none` has a host whose machines only
// exist.
namespace flame::sandbox {

struct MachineSpec {
  std::string id = {};         // "i-0123456789abcdef0"
  std::string private_ip = {}; // an address of the machine's own namespace
  std::string user_data = {};  // raw; empty: none
  // Adds the routes of the metadata service, which the machine reaches at 169.254.169.254:80.
  std::function<void(httplib::Server&)> serve_metadata = {};
  // Adds the routes of the sandbox itself, which the machine reaches at 127.0.0.1:`port`.
  std::function<void(httplib::Server&)> serve_endpoint = {};
  std::uint16_t port = 0;
  // Called once, from a thread of the host, when the machine is off for whatever reason: that its
  // boot failed (the console says why) or that the host ends. It must not destroy the host.
  std::function<void()> on_off = {};
};

// What real machines boot.
struct System {
  std::string root = "/";  // of the file system whose /usr it is; an absolute path not below /run
  bool cloud_init = false; // its own cloud-init runs the user data, else a stand-in for it
};

class MachineHost {
public:
  MachineHost() = default;
  MachineHost(const MachineHost&) = delete;
  MachineHost& operator=(const MachineHost&) = delete;
  virtual ~MachineHost() = default; // ends all machines and leaves nothing behind

  virtual Result<void> start(MachineSpec spec) = 0; // returns at once; thread-safe, as the rest
  // As EC2's terminate does; pulls the plug after 10 s. Nothing for a machine that is off.
  virtual void press_power_button(const std::string& id) = 0;
  virtual std::string console(const std::string& id) const = 0; // also after the end; raw bytes
};

// Why real machines cannot run here: not root, no systemd-nspawn; empty Result when they can.
Result<void> can_run_machines();
// What is missing in `system`; kind config.
Result<void> check_system(const System& system);

// `state_folder` holds what the machines write, in a folder of its own that is removed at the end
// (with `state_folder`, when that is then empty); what a killed sandbox has left, wherever that
// was, is removed at the start. When the folder cannot be used, start() says so.
std::unique_ptr<MachineHost> make_nspawn_host(const std::string& state_folder,
                                              const System& system = {});
std::unique_ptr<MachineHost> make_paper_host(); // machines that only exist

} // namespace flame::sandbox
