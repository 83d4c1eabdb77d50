#pragma once

#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>

// Where AWS's services are. Pure; the rules are those of AWS's partitions and endpoint rule sets.
namespace flame::aws {

struct Endpoint {
  std::string scheme = "https";
  std::string host = {};           // lower case, with ":port" when it is not the scheme's own
  std::string path = {};           // prefix without the last '/', "" for none
  std::string signing_region = {}; // "" for the one that was asked for
};

// Which of a region's addresses are wanted: AWS's settings use_fips_endpoint,
// use_dualstack_endpoint and sts_regional_endpoints = legacy.
struct Variant {
  bool fips = false;
  bool dual_stack = false;
  bool global_sts = false; // of the regions that are older than regional endpoints
  bool operator==(const Variant&) const = default;
};

// All that says where a service is.
struct EndpointQuery {
  std::string service = {}; // as for service_endpoint()
  std::string region = {};
  std::string custom = {}; // a URL; "" for the region's own
  Variant variant = {};
  bool allow_http = false;
};

struct Partition {
  std::string_view name;              // "aws-cn", as in ARNs
  std::string_view dns_suffix;        // "amazonaws.com.cn"
  std::string_view dual_stack_suffix; // of names with IPv4 and IPv6: "api.amazonwebservices.com.cn"
};

// Formed like a region of any partition, known or not yet: words and a number between single '-',
// at most 63 letters ("us-gov-west-1"). The hint offers the nearest known region. Kind config.
Result<void> check_region(std::string_view region);
std::span<const std::string_view> known_regions();      // there may be more
const Partition& partition_of(std::string_view region); // "aws" for what matches none

// The region's own endpoint of "ec2", "sts", "ssm", "sso", "sso_oidc", "secretsmanager", or of "s3"
// and "s3-accesspoint" without the name of a bucket before it.
Endpoint service_endpoint(std::string_view service, std::string_view region, Variant variant = {});

// The custom one, else the region's own. Kind config for a bad URL, for a custom one where AWS's
// FIPS or dual-stack ones are asked for, and for what a partition does not have.
Result<Endpoint> find_endpoint(const EndpointQuery& query);

// "http://127.0.0.1:4566/prefix". Plain http only to loopback and link-local addresses and those
// that AWS serves inside a machine, unless `allow_http`. Messages hold no user name or password.
// Kind config.
Result<Endpoint> parse_endpoint(std::string_view url, bool allow_http);

std::string url_of(const Endpoint& endpoint);

// "127.0.0.1:4566", "[::1]", "localhost": whether the host is an IP address or a name of this
// machine. S3 buckets cannot be names below it.
bool is_address_or_loopback(std::string_view host);

} // namespace flame::aws
