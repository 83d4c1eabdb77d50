#pragma once

#include "support/test_certificate.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace flame::test {

class SocketServer;

// The server's end of one connection.
class Peer {
public:
  std::string read_request();                 // head and body; "" when the client has gone
  bool write(std::string_view bytes);         // false when the client has gone
  bool pause(std::chrono::milliseconds time); // false when the server is to end
  void wait_for_end();                        // until the client goes or the server is to end
  void reset();                               // the next close sends RST

private:
  friend class SocketServer;
  long read(char* bytes, std::size_t size);
  int fd_ = -1;
  ssl_st* tls_ = nullptr;
  std::string read_ahead_ = {};
  SocketServer* server_ = nullptr;
};

// A server on 127.0.0.1 that misbehaves as the test says. `talk` runs once a connection, in a
// thread of its own; its return closes the connection.
class SocketServer {
public:
  using Talk = std::function<void(Peer&)>;
  explicit SocketServer(Talk talk);
  SocketServer(Talk talk, const TestCertificate& certificate); // over TLS
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;
  ~SocketServer();

  int port() const { return port_; }
  std::string name() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(std::string_view path = "/") const;
  int connections() const { return connections_; }

private:
  friend class Peer;
  void listen();
  void accept_all();
  void serve(int fd);

  Talk talk_;
  ssl_ctx_st* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_ = false;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_ = {};
  std::vector<int> open_ = {};
  std::vector<std::thread> threads_ = {};
  std::thread acceptor_ = {};
};

// A port of 127.0.0.1 where nobody listens.
int refusing_port();

} // namespace flame::test
