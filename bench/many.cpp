#include "client/ec2_client.hpp"
#include "client/exchange.hpp"
#include "io/clock.hpp"
#include "io/files.hpp"
#include "io/random.hpp"
#include "io/signals.hpp"
#include "support/ec2_answers.hpp"
#include "support/socket_server.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

// What bench/many measures with:
//   bench_many serve CA_FILE MS          an endpoint over TLS that answers any launch after so many
//                                        milliseconds; prints its port, and for each line of its
//                                        input how many connections and requests there were
//   bench_many send URL CA_FILE COUNT BYTES   so many launches of that size, 100 at a time
//   bench_many paced URL CA_FILE COUNT   so many launches one by one, at the pace of our client;
//                                        prints the least time by EC2's buckets, in ms, and how
//                                        many of them EC2 refused
namespace {

using namespace flame;

constexpr const char* k_region = "us-east-1";

aws::Credentials keys_of_environment()
{
  const auto of = [](const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): before any thread
    return std::string(value == nullptr ? "bench" : value);
  };
  return {.access_key_id = of("AWS_ACCESS_KEY_ID"),
          .secret_access_key = of("AWS_SECRET_ACCESS_KEY")};
}

aws::Endpoint endpoint_at(const std::string& url)
{
  const std::size_t host = url.find("://") + 3;
  return {.scheme = url.substr(0, host - 3), .host = url.substr(host)};
}

int serve(const std::string& ca_file, std::chrono::milliseconds delay)
{
  const test::TestCertificate certificate = test::make_test_certificate();
  std::ofstream(ca_file) << certificate.certificate;
  const std::string xml = test::run_instances_xml("i-0123456789abcdef0");
  const std::string answer = fmt::format(
    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{}", xml.size(), xml);
  std::atomic<int> requests = 0;
  const test::SocketServer server(
    [&](test::Peer& peer) {
      while (!peer.read_request().empty()) {
        ++requests;
        std::this_thread::sleep_for(delay);
        peer.write(answer);
      }
    },
    certificate);
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    fmt::print("{} {}\n", server.connections(), requests.load());
    std::fflush(stdout);
  }
  return 0;
}

int send(const std::string& url, const std::string& ca_file, std::size_t count, std::size_t bytes)
{
  const auto http = io::make_http({.ca_bundle = ca_file});
  const io::SystemClock clock;
  const aws::Credentials keys = keys_of_environment();
  const aws::Endpoint endpoint = endpoint_at(url);
  const std::string body = "Action=RunInstances&UserData=" + std::string(bytes, 'x');
  const client::QueryCall call{.action = "RunInstances",
                               .service = "ec2",
                               .region = k_region,
                               .user_agent = "flame-ec2/bench",
                               .endpoint = endpoint,
                               .body = body};
  std::size_t good = 0;
  http->send_all({.size = count,
                  .request =
                    [&](std::size_t /*i*/) {
                      return client::signed_request(
                        call, {.http = *http, .credentials = keys, .time = clock.wall()});
                    },
                  .done =
                    [&](std::size_t /*i*/, io::HttpAnswer answer) {
                      good += client::read_answer(call, std::move(answer), nullptr).body ? 1 : 0;
                    }});
  return good == count ? 0 : 1;
}

int paced(const std::string& url, const std::string& ca_file, std::size_t count)
{
  const auto http = io::make_http({.ca_bundle = ca_file});
  io::SystemClock clock;
  io::SystemRandom random;
  const io::Signals cancel;
  const auto ec2 = client::make_ec2_client({.endpoint = endpoint_at(url), .region = k_region},
                                           {.http = *http,
                                            .clock = clock,
                                            .cancel = cancel,
                                            .random = random,
                                            .find_credentials = keys_of_environment});
  std::size_t refused = 0;
  for (std::size_t done = 0; done < count;) {
    const auto launched = ec2->run_instances({{"ImageId", "ami-0123456789abcdef0"},
                                              {"InstanceType", "t3.nano"},
                                              {"MinCount", "1"},
                                              {"MaxCount", "1"}},
                                             {.deadline = clock.now() + std::chrono::minutes(5)});
    if (!launched && launched.error().error_class != aws::ErrorClass::throttle) {
      fmt::print(stderr, "{}\n", launched.error().error.message);
      return 1;
    }
    (launched ? done : refused) += 1;
  }
  const aws::CallCount calls[] = {{"RunInstances", count, count}};
  fmt::print("{} {}\n", aws::least_time(calls).count(), refused);
  return 0;
}

} // namespace

int main(int count, char** words)
{
  const std::vector<std::string> given(words + 1, words + count);
  const auto number = [&](std::size_t at) { return std::stoul(given.at(at)); };
  if (given.size() == 3 && given[0] == "serve") {
    return serve(given[1], std::chrono::milliseconds(number(2)));
  }
  if (given.size() == 5 && given[0] == "send") {
    return send(given[1], given[2], number(3), number(4));
  }
  if (given.size() == 4 && given[0] == "paced") {
    return paced(given[1], given[2], number(3));
  }
  fmt::print(stderr, "called by bench/many\n");
  return 2;
}
