#pragma once

#include "aws/ec2_api.hpp"

#include <optional>
#include <string>
#include <vector>

// What EC2 says about networks, as plain values, and who asks for it. "": EC2 did not say.
namespace flame::aws {

struct Subnet {
  std::string id = {};
  std::string state = {}; // "available"
  std::string vpc_id = {};
  std::string cidr = {};
  std::string availability_zone = {};
  int free_addresses = 0;
  bool gives_public_ip = false; // to a machine that does not say
  bool ipv6_only = false;
  bool on_outpost = false; // whose machines are not those of the zone
};

// Where packets for `destination` go. One of the targets is set.
struct Route {
  std::string destination = {}; // CIDR or prefix list: "0.0.0.0/0", "pl-63a5400a"
  std::string target = {};      // "igw-…", "nat-…", "tgw-…", "vpce-…", "eni-…", "local"
  std::string state = {};       // "active", "blackhole"
};

struct RouteTable {
  std::string id = {};
  std::vector<Route> routes = {};
};

struct VpcEndpoint {
  std::string id = {};
  std::string type = {};    // "Gateway", "Interface"
  std::string service = {}; // "com.amazonaws.eu-west-1.s3"
  std::string state = {};   // "available"
  std::vector<std::string> route_tables = {};
};

// What a group lets through, in or out. Sources or destinations are alternatives.
struct GroupRule {
  std::string protocol = {};     // "tcp", "6", "-1" for all
  std::optional<int> from = {};  // ports; nullopt: all
  std::optional<int> until = {}; // the last one
  std::vector<std::string> cidrs = {};
  std::vector<std::string> groups = {};
  std::vector<std::string> prefix_lists = {};
};

struct SecurityGroup {
  std::string id = {};
  std::string name = {};
  std::string vpc_id = {};
  std::vector<GroupRule> ingress = {};
  std::vector<GroupRule> egress = {};
};

struct NetworkInterface {
  std::string id = {};
  std::string subnet_id = {};
  std::string vpc_id = {};
  std::string private_ip = {};
  std::vector<std::string> group_ids = {};
};

// A type that a zone has machines of.
struct TypeOffering {
  std::string id = {};   // "t3.nano"
  std::string zone = {}; // "eu-west-1a"
};

// All retry as Ec2Api's describing calls do, and give all pages.
class NetworkApi {
public:
  NetworkApi() = default;
  NetworkApi(const NetworkApi&) = delete;
  NetworkApi& operator=(const NetworkApi&) = delete;
  virtual ~NetworkApi() = default;

  virtual Outcome<std::vector<Subnet>> subnets(const DescribeQuery& query, CallLimit limit) = 0;
  virtual Outcome<std::vector<RouteTable>> route_tables(const DescribeQuery& query,
                                                        CallLimit limit) = 0;
  virtual Outcome<std::vector<VpcEndpoint>> vpc_endpoints(const DescribeQuery& query,
                                                          CallLimit limit) = 0;
  virtual Outcome<std::vector<SecurityGroup>> security_groups(const DescribeQuery& query,
                                                              CallLimit limit) = 0;
  virtual Outcome<std::vector<NetworkInterface>> interfaces(const DescribeQuery& query,
                                                            CallLimit limit) = 0;
  // The zones of these types.
  virtual Outcome<std::vector<TypeOffering>> offerings(const std::vector<std::string>& types,
                                                       CallLimit limit) = 0;
};

} // namespace flame::aws
