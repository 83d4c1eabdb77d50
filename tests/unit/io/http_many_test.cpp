#include "io/http.hpp"
#include "support/http_tools.hpp"
#include "support/live_cancel.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using Reason = io::HttpFailure::Reason;

namespace {

// Answers each request with its own body.
SocketServer::Talk echo(std::atomic<int>* requests = nullptr)
{
  return [=](Peer& peer) {
    for (;;) {
      const std::string request = peer.read_request();
      if (request.empty()) {
        return;
      }
      if (requests != nullptr) {
        ++*requests;
      }
      const std::string body = request.substr(request.find("\r\n\r\n") + 4);
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"
                 + body);
    }
  };
}

struct Sent {
  std::map<std::size_t, io::HttpAnswer> answers = {};
  std::size_t most_under_way = 0; // made, and without an answer
};

using Make = std::function<io::HttpRequest(std::size_t)>;

Sent send_all(io::Http& http, std::size_t size, std::size_t at_once, const Make& make,
              const std::function<void()>& done = {})
{
  Sent sent;
  std::size_t made = 0;
  http.send_all({.size = size,
                 .at_once = at_once,
                 .request =
                   [&](std::size_t i) {
                     CHECK(i == made);
                     ++made;
                     sent.most_under_way =
                       std::max(sent.most_under_way, made - sent.answers.size());
                     return make(i);
                   },
                 .done =
                   [&](std::size_t i, io::HttpAnswer answer) {
                     CHECK(sent.answers.emplace(i, std::move(answer)).second);
                     if (done) {
                       done();
                     }
                   }});
  CHECK(made == size);
  CHECK(sent.answers.size() == size);
  return sent;
}

Make numbered_posts(const SocketServer& server)
{
  return [&server](std::size_t i) { return post(server, "body " + std::to_string(i)); };
}

std::size_t right_answers(const Sent& sent)
{
  return static_cast<std::size_t>(std::ranges::count_if(sent.answers, [](const auto& one) {
    return one.second && one.second->body == "body " + std::to_string(one.first);
  }));
}

} // namespace

TEST_CASE("io::http: many requests take as many connections as are under way, and keep them")
{
  const TempFolder folder;
  const TestCertificate certificate = make_test_certificate();
  std::atomic<int> requests = 0;
  SocketServer server(echo(&requests), certificate);
  const auto http = io::make_http({.ca_bundle = folder.write("ca.pem", certificate.certificate)});
  const Sent sent = send_all(*http, 100, 8, numbered_posts(server));
  CHECK(right_answers(sent) == 100);
  CHECK(sent.most_under_way == 8);
  CHECK(server.connections() <= 8); // each with one handshake
  const int before = server.connections();
  CHECK(right_answers(send_all(*http, 100, 8, numbered_posts(server))) == 100);
  CHECK(http->send(post(server, "one more")));
  CHECK(server.connections() == before);
  CHECK(requests == 201);
}

TEST_CASE("io::http: a hundred requests are answered in one round, not in a hundred")
{
  std::atomic<int> waiting = 0;
  SocketServer server([&](Peer& peer) {
    const std::string request = peer.read_request();
    ++waiting;
    while (waiting < 100 && peer.pause(2ms)) { // for all the others
    }
    peer.write(k_http_ok);
  });
  const auto http = io::make_http({});
  const Sent sent = send_all(*http, 100, 100, numbered_posts(server));
  CHECK(std::ranges::all_of(sent.answers, [](const auto& one) { return one.second.has_value(); }));
  CHECK(server.connections() == 100);
}

TEST_CASE("io::http: of many requests each fails by itself")
{
  SocketServer server([](Peer& peer) {
    while (true) {
      const std::string request = peer.read_request();
      if (request.empty() || request.ends_with("reset")) {
        return peer.reset();
      }
      if (request.ends_with("silence")) {
        return peer.wait_for_end();
      }
      peer.write(k_http_ok);
    }
  });
  const std::string nobody = "http://127.0.0.1:" + std::to_string(refusing_port()) + "/";
  auto impatient = post(server, "silence");
  impatient.deadline = std::chrono::steady_clock::now() + 200ms;
  auto late = post(server);
  late.deadline = std::chrono::steady_clock::now() - 1ms;
  const std::pair<io::HttpRequest, std::optional<Reason>> rows[] = {
    {{.url = "no url"}, Reason::setup},
    {post(server), {}},
    {{.url = nobody}, Reason::connect},
    {post(server, "reset"), Reason::broken},
    {impatient, Reason::timed_out},
    {late, Reason::timed_out},
    {post(server), {}},
    {{.url = "ftp://127.0.0.1/"}, Reason::setup},
  };
  for (const std::size_t at_once : {1, 3, 100}) {
    CAPTURE(at_once);
    const auto http = io::make_http({});
    const Sent sent =
      send_all(*http, std::size(rows), at_once, [&](std::size_t i) { return rows[i].first; });
    for (const auto& [i, answer] : sent.answers) {
      CAPTURE(i);
      CHECK(answer.has_value() == !rows[i].second);
      if (!answer && rows[i].second) {
        CHECK(answer.error().reason == *rows[i].second);
      }
    }
  }
}

TEST_CASE("io::http: none of many requests is sent twice when kept connections end")
{
  std::atomic<int> requests = 0;
  SocketServer server([&](Peer& peer) { // answers once a connection, and takes one more
    for (int i = 0; i < 2 && !peer.read_request().empty(); ++i) {
      ++requests;
      if (i == 0) {
        peer.write(k_http_ok);
      }
    }
  });
  const auto http = io::make_http({});
  const Sent sent = send_all(*http, 40, 4, numbered_posts(server));
  CHECK(requests == 40);
  const auto failed = std::ranges::count_if(sent.answers, [](const auto& one) {
    return !one.second && one.second.error().reason == Reason::broken
           && one.second.error().request_sent;
  });
  const auto good =
    std::ranges::count_if(sent.answers, [](const auto& one) { return one.second.has_value(); });
  CHECK(failed > 0);
  CHECK(failed + good == 40);
}

TEST_CASE("io::http: the user ends all of many requests, and none is begun after that")
{
  LiveCancel cancel;
  std::atomic<int> requests = 0;
  SocketServer server([&](Peer& peer) {
    while (!peer.read_request().empty()) {
      if (++requests > 3) {
        return peer.wait_for_end();
      }
      peer.write(k_http_ok);
    }
  });
  const auto make = [&](std::size_t) {
    auto request = post(server);
    request.cancel = &cancel;
    return request;
  };
  int answered = 0;
  const Sent sent = send_all(*io::make_http({}), 50, 2, make, [&] {
    if (++answered == 3) {
      cancel.arrive(2);
    }
  });
  const auto cancelled = std::ranges::count_if(sent.answers, [](const auto& one) {
    return !one.second && one.second.error().reason == Reason::cancelled;
  });
  CHECK(cancelled >= 46);
  CHECK(requests <= 6);
}

TEST_CASE("io::http: what makes one of many requests may send by the same adapter")
{
  SocketServer server(echo());
  const auto http = io::make_http({});
  int inner = 0;
  const Sent sent = send_all(*http, 20, 5, [&](std::size_t i) {
    const auto answer = http->send(post(server, "inner"));
    inner += answer && answer->body == "inner" ? 1 : 0;
    return post(server, "body " + std::to_string(i));
  });
  CHECK(inner == 20);
  CHECK(right_answers(sent) == 20);
}

TEST_CASE("io::http: none of none")
{
  CHECK(send_all(*io::make_http({}), 0, 100, {}).answers.empty());
}
