#include "io/http.hpp"
#include "support/http_tools.hpp"

#include <doctest/doctest.h>

#include <atomic>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using Reason = io::HttpFailure::Reason;

TEST_CASE("io::http sends exactly what it is given")
{
  std::string seen;
  SocketServer server([&](Peer& peer) {
    seen = peer.read_request();
    peer.write(k_http_ok);
  });
  const auto http = io::make_http({});
  const auto answer = http->send({.method = "POST",
                                  .url = server.url("/a/../b?q=1"),
                                  .headers = {{"content-type", "application/x"}, {"x-none", ""}},
                                  .body = std::string("a\0b", 3)});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "ok");
  CHECK(answer->header("x-amz-thing") == "a b");
  CHECK(answer->header("absent").empty());
  CHECK(seen.starts_with("POST /a/../b?q=1 HTTP/1.1\r\nHost: " + server.name() + "\r\n"));
  CHECK(seen.find("content-type: application/x\r\n") != std::string::npos);
  CHECK(seen.find("x-none:\r\n") != std::string::npos);
  CHECK(seen.find("Content-Length: 3\r\n") != std::string::npos);
  CHECK(seen.ends_with(std::string("\r\n\r\na\0b", 7)));
  CHECK(seen.find("Expect") == std::string::npos);
  CHECK(seen.find("Accept-Encoding") == std::string::npos);
}

TEST_CASE("io::http sends a large body at once, and PUT and HEAD as they are")
{
  std::vector<std::string> seen;
  SocketServer server([&](Peer& peer) {
    for (;;) {
      std::string request = peer.read_request();
      if (request.empty()) {
        return;
      }
      const bool head = request.starts_with("HEAD");
      seen.push_back(std::move(request));
      peer.write(head ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : k_http_ok);
    }
  });
  const auto http = io::make_http({});
  CHECK(http->send(post(server, std::string(3'000'000, 'x'))));
  CHECK(http->send({.method = "PUT", .url = server.url("/token")}));
  CHECK(http->send({.method = "HEAD", .url = server.url("/head")}));
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].size() > 3'000'000);
  CHECK(seen[0].find("Content-Type") == std::string::npos);
  CHECK(seen[1].starts_with("PUT /token HTTP/1.1\r\n"));
  CHECK(seen[1].find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(seen[2].starts_with("HEAD /head HTTP/1.1\r\n"));
}

TEST_CASE("io::http keeps its connection")
{
  auto server = server_of(k_http_ok);
  const auto http = io::make_http({});
  for (int i = 0; i < 5; ++i) {
    CHECK(http->send(post(server)));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("io::http sends nothing twice, also when a kept connection ends without an answer")
{
  for (const bool reset : {false, true}) {
    CAPTURE(reset);
    std::atomic<int> requests = 0;
    SocketServer server([&](Peer& peer) {
      while (!peer.read_request().empty()) {
        if (++requests == 2) {
          return reset ? peer.reset() : void();
        }
        peer.write(k_http_ok);
      }
    });
    const auto http = io::make_http({});
    CHECK(http->send(post(server)));
    const auto answer = http->send(post(server));
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::broken);
    CHECK(answer.error().request_sent);
    CHECK(http->send(post(server)));
    CHECK(requests == 3);
  }
}

TEST_CASE("io::http hands out errors and redirects as they come")
{
  auto server = server_of("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                          "Content-Length: 0\r\n\r\n");
  const auto answer = io::make_http({})->send(post(server));
  REQUIRE(answer);
  CHECK(answer->status == 302);
  CHECK(answer->header("location") == "http://127.0.0.1:1/");
  CHECK(server.connections() == 1);
}

TEST_CASE("io::http leaves out what comes before the answer")
{
  auto server = server_of("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n" + k_http_ok);
  const auto answer = io::make_http({})->send(post(server));
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->header("x-early").empty());
}

TEST_CASE("io::http: a port where nobody listens")
{
  const int port = refusing_port();
  const auto answer =
    io::make_http({})->send({.url = "http://127.0.0.1:" + std::to_string(port) + "/?secret=1"});
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::connect);
  CHECK(!answer.error().request_sent);
  CHECK(answer.error().message
        == "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST_CASE("io::http: a name that does not resolve")
{
  const auto answer = io::make_http({})->send({.url = "http://no-such-host.invalid/"});
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::resolve);
  CHECK(!answer.error().request_sent);
  CHECK(answer.error().message == "no address is known for no-such-host.invalid:80");
}

TEST_CASE("io::http: what cannot be sent is told before anything is tried")
{
  const auto http = io::make_http({});
  for (const char* url : {"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "no url"}) {
    CAPTURE(url);
    const auto answer = http->send({.url = url});
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::setup);
    CHECK(!answer.error().request_sent);
  }
  auto server = server_of(k_http_ok);
  const auto answer =
    http->send({.url = server.url(), .headers = {{"x-token", "secret\r\nx-other: 1"}}});
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::setup);
  CHECK(answer.error().message == "the value of header x-token holds a line end");
  CHECK(server.connections() == 0);
}

TEST_CASE("io::http: answers that break off")
{
  struct Case {
    const char* name;
    SocketServer::Talk talk;
    std::string message; // behind the server's name
  };
  const Case cases[] = {
    {"reset", [](Peer& peer) { peer.read_request(), peer.reset(); }, "reset"},
    {"closed", [](Peer& peer) { peer.read_request(); }, "closed the connection without an answer"},
    {"cut head",
     [](Peer& peer) {
       peer.read_request();
       peer.write("HTTP/1.1 200 OK\r\nCon");
     },
     "was cut short"},
    {"cut body",
     [](Peer& peer) {
       peer.read_request();
       peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Run");
     },
     "was cut short"},
    {"cut chunk",
     [](Peer& peer) {
       peer.read_request();
       peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n<Run");
     },
     "was cut short"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.name);
    SocketServer server(row.talk);
    const auto answer = io::make_http({})->send(post(server));
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::broken);
    CHECK(answer.error().request_sent);
    CAPTURE(answer.error().message);
    CHECK(answer.error().message.find(server.name()) != std::string::npos);
    CHECK(answer.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("io::http: garbage is no answer")
{
  for (const char* garbage : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/9.9 abc\r\n\r\n"}) {
    CAPTURE(garbage);
    SocketServer server([&](Peer& peer) {
      peer.read_request();
      peer.write(garbage);
    });
    const auto answer = io::make_http({})->send(post(server));
    REQUIRE(!answer);
    CAPTURE(answer.error().message);
    CHECK(answer.error().reason == Reason::not_http);
    CHECK(answer.error().request_sent);
  }
}
