#pragma once

#include "io/http.hpp"
#include "support/socket_server.hpp"

#include <string>
#include <string_view>
#include <utility>

// What the tests of the real HTTP adapter share.
namespace flame::test {

inline const std::string k_http_ok =
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Amz-Thing:  a b \r\n\r\nok";

// Gives every request the same answer.
inline SocketServer server_of(std::string_view answer)
{
  return SocketServer([text = std::string(answer)](Peer& peer) {
    while (!peer.read_request().empty() && peer.write(text)) {
    }
  });
}

inline io::HttpRequest post(const SocketServer& server, std::string body = "Action=Look")
{
  return {.method = "POST", .url = server.url(), .body = std::move(body)};
}

struct TimedAnswer {
  tl::expected<io::HttpResponse, io::HttpFailure> answer;
  Millis took = Millis(0);
};

inline TimedAnswer timed_send(io::Http& http, const io::HttpRequest& request)
{
  const auto start = std::chrono::steady_clock::now();
  auto answer = http.send(request);
  const auto took = std::chrono::steady_clock::now() - start;
  return {std::move(answer), std::chrono::duration_cast<Millis>(took)};
}

} // namespace flame::test
