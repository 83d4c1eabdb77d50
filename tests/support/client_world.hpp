#pragma once

#include "client/ec2_client.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http.hpp"

#include <memory>

namespace flame::test {

// An EC2 client in a world of fakes.
struct ClientWorld {
  FakeHttp http = {};
  FakeClock clock = {};
  FakeCancel cancel = {};
  FakeRandom random{1};
  std::vector<Result<aws::Credentials>> keys = {
    aws::Credentials{.access_key_id = "AKIDEXAMPLE", .secret_access_key = "secret"}};
  std::size_t lookups = 0;                // of credentials; the last of `keys` is given again
  std::vector<std::string> warnings = {}; // sentences
  std::unique_ptr<client::Ec2Client> ec2 = client::make_ec2_client(
    {.endpoint = {.host = "ec2.eu-west-1.amazonaws.com"},
     .region = "eu-west-1",
     .user_agent = "flame-ec2/0.1.0 run/ci-7"},
    {.http = http,
     .clock = clock,
     .cancel = cancel,
     .random = random,
     .find_credentials = [this] { return keys[std::min(lookups++, keys.size() - 1)]; },
     .warn = [this](std::string_view sentence) { warnings.emplace_back(sentence); }});

  ClientWorld() { random.fixed = 1.0; }
  const std::string& body(std::size_t request) const { return http.requests[request].body; }
};

} // namespace flame::test
