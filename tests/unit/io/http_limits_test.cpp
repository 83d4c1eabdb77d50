#include "io/http.hpp"
#include "support/http_tools.hpp"
#include "support/live_cancel.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <thread>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using Reason = io::HttpFailure::Reason;

TEST_CASE("io::http: a server that hangs is left at the deadline")
{
  SocketServer server([](Peer& peer) { peer.wait_for_end(); });
  auto request = post(server);
  request.deadline = std::chrono::steady_clock::now() + 150ms;
  const auto [answer, took] = timed_send(*io::make_http({}), request);
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::timed_out);
  CHECK(answer.error().request_sent);
  CHECK(!answer.error().answer_begun);
  CHECK(answer.error().message == server.name() + " did not answer in the time that was left");
  CHECK(took >= 140ms);
  CHECK(took < 600ms);
}

TEST_CASE("io::http: a deadline that has passed sends nothing")
{
  auto server = server_of(k_http_ok);
  auto request = post(server);
  request.deadline = std::chrono::steady_clock::now() - 1ms;
  const auto answer = io::make_http({})->send(request);
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::timed_out);
  CHECK(!answer.error().request_sent);
  CHECK(server.connections() == 0);
}

TEST_CASE("io::http: silence and dribbles end at the idle limit")
{
  SUBCASE("no byte at all")
  {
    SocketServer server([](Peer& peer) { peer.wait_for_end(); });
    auto request = post(server);
    request.idle_limit = 100ms;
    const auto [answer, took] = timed_send(*io::make_http({}), request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::timed_out);
    CHECK(answer.error().message == server.name() + " sent nothing for 100ms");
    CHECK(took < 600ms);
  }
  SUBCASE("a byte now and then, below one a second")
  {
    SocketServer server([](Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
      while (peer.pause(1200ms) && peer.write("x")) {
      }
    });
    auto request = post(server);
    request.idle_limit = 2s;
    const auto [answer, took] = timed_send(*io::make_http({}), request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::timed_out);
    CHECK(answer.error().answer_begun);
    CHECK(took < 4s);
  }
  SUBCASE("but slow is not idle")
  {
    SocketServer server([](Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
      for (int i = 0; i < 8; ++i) {
        peer.pause(50ms);
        peer.write("x");
      }
    });
    auto request = post(server);
    request.idle_limit = 250ms;
    const auto answer = io::make_http({})->send(request);
    REQUIRE(answer);
    CHECK(answer->body == "xxxxxxxx");
  }
}

TEST_CASE("io::http: answers without end")
{
  struct Case {
    const char* name;
    std::string head;
  };
  const Case cases[] = {
    {"announced", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"},
    {"not announced", "HTTP/1.1 200 OK\r\n\r\n"},
    {"headers", "HTTP/1.1 200 OK\r\n"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.name);
    SocketServer server([&](Peer& peer) {
      peer.read_request();
      peer.write(row.head);
      while (peer.write("x-flood: 0123456789012345678901234567890123456789\r\n")) {
      }
    });
    auto request = post(server);
    request.body_limit = 1000;
    const auto answer = io::make_http({})->send(request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::too_large);
    CHECK(answer.error().request_sent);
    CHECK(answer.error().message
          == "the answer of " + server.name() + " is larger than 1000 bytes");
  }
}

TEST_CASE("io::http: the user's cancel")
{
  SocketServer server([](Peer& peer) {
    peer.read_request();
    if (peer.pause(300ms)) {
      peer.write(k_http_ok);
    }
  });
  LiveCancel cancel;
  auto request = post(server);
  request.cancel = &cancel;
  const auto later = [&cancel](int number, Millis delay) {
    return std::jthread([&cancel, number, delay] {
      std::this_thread::sleep_for(delay);
      cancel.arrive(number);
    });
  };

  SUBCASE("ends the wait")
  {
    const auto signal = later(SIGTERM, 60ms);
    const auto [answer, took] = timed_send(*io::make_http({}), request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::cancelled);
    CHECK(answer.error().request_sent);
    CHECK(took < 200ms);
  }
  SUBCASE("waits for the answer within its grace")
  {
    const auto signal = later(SIGTERM, 60ms);
    request.cancel_grace = 2s;
    CHECK(io::make_http({})->send(request));
  }
  SUBCASE("gives up when the grace is over")
  {
    const auto signal = later(SIGTERM, 30ms);
    request.cancel_grace = 50ms;
    const auto [answer, took] = timed_send(*io::make_http({}), request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::cancelled);
    CHECK(took >= 75ms);
    CHECK(took < 250ms);
  }
  SUBCASE("leaves at once when asked twice, grace or not")
  {
    request.cancel_grace = 20s;
    const auto first = later(SIGINT, 10ms);
    const auto second = later(SIGINT, 60ms);
    const auto [answer, took] = timed_send(*io::make_http({}), request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::cancelled);
    CHECK(took < 200ms);
  }
  SUBCASE("before the start sends nothing")
  {
    cancel.arrive(SIGINT);
    const auto answer = io::make_http({})->send(request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::cancelled);
    CHECK(!answer.error().request_sent);
    CHECK(server.connections() == 0);
  }
  SUBCASE("before the start, with grace, sends: a clean-up goes on")
  {
    cancel.arrive(SIGINT);
    request.cancel_grace = 5s;
    CHECK(io::make_http({})->send(request));
  }
}
