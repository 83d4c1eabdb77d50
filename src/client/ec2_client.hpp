#pragma once

#include "aws/ec2_api.hpp"
#include "aws/endpoints.hpp"
#include "client/credentials/provider.hpp"
#include "io/http.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

// EC2 over HTTP: signs, sends, retries what may be retried, classifies.
namespace flame::client {

struct Ec2ClientOptions {
  aws::Endpoint endpoint = {};
  std::string region = {};
  std::string user_agent = {}; // "flame-ec2/0.1.0 run/ci-7"
};

// All references must outlive the client. `find_credentials` is asked on the first call and again
// by renew() and when they are about to expire.
struct Ec2ClientParts {
  io::Http& http;
  Clock& clock;
  const Cancel& cancel;
  Random& random;
  std::function<Result<aws::Credentials>()> find_credentials;
};

class Ec2Client : public aws::Ec2Api {
public:
  // What the last answer's Date header said the clock's offset is; zero before any answer.
  virtual std::chrono::seconds clock_offset() const = 0;
  // EC2's time: ours with that offset. nullopt while no answer has had a Date.
  virtual std::optional<Seconds> server_time() const = 0;
  // The credentials in use, looked up when that has not happened yet: presigned URLs are signed
  // with the same ones.
  virtual Result<aws::Credentials> credentials() = 0;
};

std::unique_ptr<Ec2Client> make_ec2_client(Ec2ClientOptions options, Ec2ClientParts parts);

} // namespace flame::client
