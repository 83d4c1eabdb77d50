#pragma once

#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>

// Where AWS's services are. Pure; the rules are those of AWS's partitions and endpoint rule sets.
namespace flame::aws {

struct Endpoint {
  std::string scheme = "https";
  std::string host = {}; // lower case, with ":port" when it is not the scheme's own
  std::string path = {}; // prefix without the last '/', "" for none
};

struct Partition {
  std::string_view name;       // "aws-cn", as in ARNs
  std::string_view dns_suffix; // "amazonaws.com.cn"
};

// Formed like a region of any partition, known or not yet: words and a number between single '-',
// at most 63 letters ("us-gov-west-1"). The hint offers the nearest known region. Kind config.
Result<void> check_region(std::string_view region);
std::span<const std::string_view> known_regions();      // there may be more
const Partition& partition_of(std::string_view region); // "aws" for what matches none

// The region's own endpoint of "ec2", "sts", "ssm", "sso", "sso_oidc" or "s3" (path style); never a
// global one.
Endpoint service_endpoint(std::string_view service, std::string_view region);

// "http://127.0.0.1:4566/prefix". Plain http only to loopback and link-local addresses and those
// that AWS serves inside a machine, unless `allow_http`. Messages hold no user name or password.
// Kind config.
Result<Endpoint> parse_endpoint(std::string_view url, bool allow_http);

std::string url_of(const Endpoint& endpoint);

// "127.0.0.1:4566", "[::1]", "localhost": whether the host is an IP address or a name of this
// machine. S3 buckets cannot be names below it.
bool is_address_or_loopback(std::string_view host);

} // namespace flame::aws
