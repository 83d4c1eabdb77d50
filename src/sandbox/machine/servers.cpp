#include "sandbox/machine/servers.hpp"

#include "sandbox/machine/network.hpp"

#include <httplib.h>

#include <chrono>
#include <utility>

namespace flame::sandbox::machine {

using namespace std::chrono_literals;

struct Servers::Running {
  httplib::Server server = {};
  std::thread thread = {};
};

Servers::Servers() = default;

Servers::~Servers()
{
  stop();
}

Result<void> Servers::start(const MachineSpec& spec)
{
  return serve(spec.serve_metadata, k_metadata_address, 80).and_then([&] {
    return serve(spec.serve_endpoint, "127.0.0.1", spec.port);
  });
}

Result<void> Servers::serve(const std::function<void(httplib::Server&)>& add_routes,
                            const std::string& address, std::uint16_t port)
{
  if (!add_routes) {
    return {};
  }
  auto running = std::make_unique<Running>();
  httplib::Server& server = running->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(4); }; // one machine asks little
  server.set_keep_alive_timeout(1);                                  // s; bounds stop()
  add_routes(server);
  if (!server.bind_to_port(address, port)) {
    return fail(ErrorKind::internal,
                "cannot serve " + address + ":" + std::to_string(port) + " for a machine");
  }
  running->thread = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) { // else a stop() would be missed
    std::this_thread::sleep_for(1ms);
  }
  running_.push_back(std::move(running));
  return {};
}

void Servers::stop()
{
  for (const auto& running : running_) {
    running->server.stop();
  }
  for (const auto& running : running_) {
    running->thread.join();
  }
  running_.clear();
}

} // namespace flame::sandbox::machine
