#pragma once

#include "aws/ec2_api.hpp"
#include "aws/network_api.hpp"
#include "client/service.hpp"

#include <memory>
#include <optional>

// EC2 over HTTP.
namespace flame::client {

class Ec2Client : public aws::Ec2Api {
public:
  // What the last answer's Date header said the clock's offset is; zero before any answer.
  virtual std::chrono::seconds clock_offset() const = 0;
  // EC2's time: ours with that offset. nullopt while no answer has had a Date.
  virtual std::optional<Seconds> server_time() const = 0;
  // The credentials in use, looked up when that has not happened yet: presigned URLs are signed
  // with the same ones.
  virtual Result<aws::Credentials> credentials() = 0;
  // The same EC2, asked about networks; as long-lived as this.
  virtual aws::NetworkApi& network() = 0;
};

std::unique_ptr<Ec2Client> make_ec2_client(ClientOptions options, ClientParts parts);

} // namespace flame::client
