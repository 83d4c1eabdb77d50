#pragma once

#include "base/error.hpp"
#include "base/ports.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP by libcurl, which stays behind this header. Never follows redirects, verifies TLS always,
// keeps its connections: one a host, or as many as were once used at a time. Proxies as curl takes
// them from the environment, except for loopback addresses. One thread.
namespace flame::io {

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  Millis connect_timeout = std::chrono::seconds(5);
  TimePoint deadline = TimePoint::max();        // for the whole exchange
  Millis idle_limit = std::chrono::seconds(30); // no byte for so long: give up (dribbles count as
                                                // idle below 1 byte/s on average)
  std::size_t body_limit = 8UL * 1024 * 1024;
  bool direct = false;             // no proxy: metadata and container endpoints
  const Cancel* cancel = nullptr;  // not owned; may be null
  Millis cancel_grace = Millis(0); // how long to go on once cancelled
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {}; // names in lower case
  std::string body = {};
  std::string_view header(std::string_view name) const; // "" when absent
};

// Why there is no whole response.
struct HttpFailure {
  enum class Reason {
    resolve,   // no such host, or no answer of DNS
    connect,   // refused or unreachable
    tls,       // certificate or handshake
    timed_out, // connect, idle or deadline
    broken,    // reset or cut after the connection was made
    not_http,  // what came back is no HTTP
    too_large, // over body_limit, or no end of headers
    cancelled, // by the user
    setup      // not a URL, no CA file: nothing was tried
  };
  Reason reason = Reason::broken;
  std::string message = {};  // names host and port, never a query or a header
  bool request_sent = false; // the server may have acted on it
  bool answer_begun = false; // some of an answer came: somebody is there
};

using HttpAnswer = tl::expected<HttpResponse, HttpFailure>;

// Many requests. A request is made when its turn comes, so that few are in memory, and a signature
// is as old as its sending; its limits are looked at from then on.
struct HttpBatch {
  std::size_t size = 0;
  std::size_t at_once = 100;                                // at most as many connections
  std::function<HttpRequest(std::size_t i)> request = {};   // once each, in order
  std::function<void(std::size_t i, HttpAnswer)> done = {}; // once each, in any order
};

class Http {
public:
  Http() = default;
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  virtual ~Http() = default;
  virtual HttpAnswer send(const HttpRequest& request) = 0;
  // Returns when all are done. One after another, unless the adapter can do better.
  virtual void send_all(const HttpBatch& batch);
};

struct HttpOptions {
  std::string ca_bundle = {}; // a file; "" for the system's: its hashed folder where it has one
  std::string ca_folder = "/etc/ssl/certs"; // where the hashed folder would be
};

// libcurl is initialised on the first send, not here.
std::unique_ptr<Http> make_http(HttpOptions options);

} // namespace flame::io
