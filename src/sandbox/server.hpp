#pragma once

#include "base/error.hpp"
#include "sandbox/message.hpp"
#include "sandbox/stop.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace httplib {
class Server;
}

// HTTP by cpp-httplib, which stays behind this header and those of the machines.
namespace flame::sandbox {

// All requests of `server` go to `handler`, from several threads. `stop` must outlive the server.
void attach(httplib::Server& server, const Handler& handler, Stop& stop);

// PEM files for HTTPS; both "" for plain HTTP.
struct TlsFiles {
  std::string certificate = {};
  std::string key = {};
};

// Listens on 127.0.0.1 from construction to destruction, which waits for handlers that sleep:
// request the stop first.
class Listener {
public:
  // Port 0: a free one. Kind config when it cannot listen there.
  static Result<std::unique_ptr<Listener>> start(std::uint16_t port, const Handler& handler,
                                                 Stop& stop, const TlsFiles& tls = {});
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener(); // open connections are cut
  std::uint16_t port() const { return port_; }

private:
  struct Running;
  Listener();
  std::unique_ptr<Running> running_;
  std::uint16_t port_ = 0;
};

} // namespace flame::sandbox
