#include "io/http.hpp"
#include "support/http_tools.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;
using Reason = io::HttpFailure::Reason;

TEST_CASE("io::http over TLS")
{
  const TempFolder folder;
  const TestCertificate certificate = make_test_certificate();
  const std::string bundle = folder.write("ca.pem", certificate.certificate);
  std::atomic<int> requests = 0;
  SocketServer server(
    [&](Peer& peer) {
      while (!peer.read_request().empty()) {
        ++requests;
        peer.write(k_http_ok);
      }
    },
    certificate);

  SUBCASE("refuses a certificate that nobody vouches for, before the request is sent")
  {
    const auto answer = io::make_http({})->send(post(server));
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::tls);
    CHECK(!answer.error().request_sent);
    CAPTURE(answer.error().message);
    CHECK(answer.error().message.starts_with("the certificate of " + server.name()
                                             + " is not trusted: "));
    CHECK(requests == 0);
  }
  SUBCASE("trusts the CA bundle that it is given")
  {
    const auto http = io::make_http({.ca_bundle = bundle});
    CHECK(http->send(post(server)));
    CHECK(http->send(post(server)));
    CHECK(server.connections() == 1);
  }
  SUBCASE("uses a hashed folder")
  {
    folder.write(certificate.hashed_name, certificate.certificate);
    CHECK(io::make_http({.ca_folder = folder.path()})->send(post(server)));
  }
  SUBCASE("uses libcurl's own bundle when there is no hashed folder")
  {
    const auto answer = io::make_http({.ca_folder = folder.path()})->send(post(server));
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::tls);
  }
  SUBCASE("the given bundle wins over the folder")
  {
    folder.write(certificate.hashed_name, certificate.certificate);
    const std::string other = folder.write("other.pem", make_test_certificate().certificate);
    const auto answer =
      io::make_http({.ca_bundle = other, .ca_folder = folder.path()})->send(post(server));
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::tls);
  }
  SUBCASE("names a bundle that is not there, or is none")
  {
    const auto missing = io::make_http({.ca_bundle = "/no/such.pem"})->send(post(server));
    REQUIRE(!missing);
    CHECK(missing.error().reason == Reason::setup);
    CHECK(missing.error().message
          == "cannot read the CA bundle \"/no/such.pem\": No such file or directory");
    const std::string empty = folder.write("empty.pem", "no certificate");
    const auto bad = io::make_http({.ca_bundle = empty})->send(post(server));
    REQUIRE(!bad);
    CHECK(bad.error().reason == Reason::setup);
    CHECK(bad.error().message.find(empty) != std::string::npos);
    CHECK(server.connections() <= 1);
  }
  SUBCASE("is told from a server that speaks plain HTTP")
  {
    SocketServer plain([](Peer& peer) { peer.write(k_http_ok), peer.wait_for_end(); });
    const auto answer =
      io::make_http({.ca_bundle = bundle})->send({.url = "https://" + plain.name() + "/"});
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::tls);
    CHECK(!answer.error().request_sent);
  }
}

TEST_CASE("io::http and proxies")
{
  auto server = server_of(k_http_ok);
  SocketServer proxy([](Peer& peer) {
    const std::string request = peer.read_request();
    peer.write(request.starts_with("CONNECT")
                 ? "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
                 : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
  });
  const std::string url = "http://" + proxy.name();
  ::setenv("http_proxy", url.c_str(), 1);
  ::setenv("https_proxy", url.c_str(), 1);

  SUBCASE("the environment's proxy is used")
  {
    const auto answer = io::make_http({})->send({.url = "http://ec2.invalid/"});
    REQUIRE(answer);
    CHECK(answer->body == "proxy");
  }
  SUBCASE("but never for loopback addresses")
  {
    const auto answer = io::make_http({})->send({.url = server.url()});
    REQUIRE(answer);
    CHECK(answer->body == "ok");
  }
  SUBCASE("nor for direct requests")
  {
    const auto answer = io::make_http({})->send({.url = "http://ec2.invalid/", .direct = true});
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::resolve);
  }
  SUBCASE("a proxy that refuses is told from the server, and nothing was sent")
  {
    const auto answer = io::make_http({})->send({.url = "https://ec2.invalid/"});
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::connect);
    CHECK(answer.error().message == "the proxy refuses to connect to ec2.invalid:443: HTTP 403");
    CHECK(!answer.error().request_sent);
  }
  ::unsetenv("http_proxy");
  ::unsetenv("https_proxy");
}

TEST_CASE("io::http: no connection within the limit")
{
  // A server that accepts in the kernel and never starts TLS.
  SocketServer server([](Peer& peer) { peer.wait_for_end(); });
  const auto [answer, took] = timed_send(
    *io::make_http({}), {.url = "https://" + server.name() + "/", .connect_timeout = 120ms});
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::timed_out);
  CHECK(!answer.error().request_sent);
  CHECK(answer.error().message == "no connection to " + server.name() + " within 120ms");
  CHECK(took < 1s);
}
