#pragma once

#include "io/clock.hpp"
#include "sandbox/ec2_state.hpp"
#include "sandbox/front.hpp"
#include "sandbox/imds.hpp"
#include "sandbox/options.hpp"
#include "sandbox/server.hpp"
#include "sandbox/state_folder.hpp"
#include "sandbox/stop.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace flame::sandbox {

// The whole sandbox, from construction to destruction: ports, machines, files.
class App {
public:
  static Result<std::unique_ptr<App>> start(const Options& options);
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  ~App(); // ends the machines and leaves nothing behind

  std::string environment() const; // "export NAME=value" lines for clients
  std::string url() const;

private:
  explicit App(Options options) : options_(std::move(options)) {}
  Result<void> begin();
  Result<void> make_folders();
  Result<void> listen();
  FrontWorld world();
  MachineSpec machine_of(const Instance& instance);
  void watch(); // the thread: consoles, and machines that faults switch off
  void copy_consoles();

  Options options_;
  io::SystemClock clock_ = {};
  Stop stop_ = {};
  Keyring keys_ = {};
  Key user_ = {};
  FaultBook faults_ = {};
  Journal journal_ = {};
  std::unique_ptr<StateFolder> folder_ = {};
  TlsFiles tls_ = {};
  std::unique_ptr<MachineHost> host_ = {};
  std::unique_ptr<Ec2State> state_ = {};
  std::unique_ptr<Front> front_ = {};
  std::unique_ptr<Imds> parent_ = {};
  std::unique_ptr<Listener> api_ = {};
  std::unique_ptr<Listener> api_tls_ = {};
  std::unique_ptr<Listener> metadata_ = {};
  std::map<std::string, std::size_t> shown_ = {}; // bytes of each console that are copied
  bool env_file_written_ = false;
  std::thread watcher_ = {};
};

} // namespace flame::sandbox
