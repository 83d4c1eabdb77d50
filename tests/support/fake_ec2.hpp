#pragma once

#include "aws/ec2_api.hpp"
#include "aws/network_api.hpp"
#include "aws/secrets_api.hpp"
#include "aws/ssm_api.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace flame::test {

// Answers in the order they were given, notes each call in a line, knows which machines live.
class FakeEc2 : public aws::Ec2Api {
public:
  using Machines = std::vector<aws::Instance>;
  using Answer = std::variant<Machines, aws::ApiError>;

  std::deque<Answer> launches = {};
  std::deque<Answer> looks = {};
  std::deque<std::variant<std::string, aws::ApiError>> consoles = {}; // "" once they are used up
  aws::Outcome<std::vector<aws::Resource>> resources = {};            // of all kinds
  aws::Outcome<std::vector<std::string>> regions = {};
  std::optional<Seconds> time = {};              // by the Date of its answers
  std::deque<aws::ApiError> refusals = {};       // of terminate; accepted once they are used up
  std::map<std::string, aws::ApiError> bad = {}; // ids for which terminate refuses the whole call
  std::vector<aws::DescribeQuery> queries = {};  // of describe
  std::vector<std::string> calls = {}; // "run t3.nano token 1", "describe i-1", "terminate i-1"
  std::vector<aws::Params> launched_with = {};
  std::set<std::string> alive = {};
  Result<void> renewal = {};
  std::function<void()> on_describe = {}; // what happens in the world after an answer
  std::function<void()> on_console = {};

  aws::Outcome<Machines> run_instances(const aws::Params& params, aws::CallLimit limit) override;
  aws::Outcome<Machines> describe_instances(const aws::DescribeQuery& query,
                                            aws::CallLimit limit) override;
  aws::Outcome<std::vector<aws::Resource>> describe_resources(aws::ResourceKind kind,
                                                              const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override;
  aws::Outcome<std::vector<std::string>> describe_regions(aws::CallLimit limit) override;
  aws::Outcome<std::vector<aws::StateChange>>
  terminate_instances(const std::vector<std::string>& ids, aws::CallLimit limit) override;
  aws::Outcome<aws::ConsoleOutput> console_output(const std::string& id, bool latest,
                                                  aws::CallLimit limit) override;
  // What there is, by id; EC2 shows no image that is not there.
  std::map<std::string, aws::Image> images = {};
  std::map<std::string, aws::LaunchTemplate> templates = {};
  std::map<std::string, aws::ApiError> refused = {}; // by the first word of a line in `calls`
  aws::Outcome<std::vector<aws::Image>> describe_images(const std::vector<std::string>& ids,
                                                        aws::CallLimit limit) override;
  aws::Outcome<aws::LaunchTemplate> launch_template(const std::string& id_or_name,
                                                    const std::string& version,
                                                    aws::CallLimit limit) override;
  Result<void> renew(aws::ErrorClass reason) override;

private:
  std::vector<std::string> tokens_ = {};
};

// A network of what it was given, whatever is asked for; notes each call and its filters.
class FakeNetwork : public aws::NetworkApi {
public:
  aws::Outcome<std::vector<aws::Subnet>> all_subnets = {};
  aws::Outcome<std::vector<aws::RouteTable>> all_tables = {};
  aws::Outcome<std::vector<aws::VpcEndpoint>> all_endpoints = {};
  aws::Outcome<std::vector<aws::SecurityGroup>> all_groups = {};
  aws::Outcome<std::vector<aws::NetworkInterface>> all_interfaces = {};
  aws::Outcome<std::vector<aws::TypeOffering>> all_offerings = {};
  std::vector<aws::DescribeQuery> queries = {};

  aws::Outcome<std::vector<aws::Subnet>> subnets(const aws::DescribeQuery& query,
                                                 aws::CallLimit /*limit*/) override
  {
    return queries.push_back(query), all_subnets;
  }
  aws::Outcome<std::vector<aws::RouteTable>> route_tables(const aws::DescribeQuery& query,
                                                          aws::CallLimit /*limit*/) override
  {
    return queries.push_back(query), all_tables;
  }
  aws::Outcome<std::vector<aws::VpcEndpoint>> vpc_endpoints(const aws::DescribeQuery& query,
                                                            aws::CallLimit /*limit*/) override
  {
    return queries.push_back(query), all_endpoints;
  }
  aws::Outcome<std::vector<aws::SecurityGroup>> security_groups(const aws::DescribeQuery& query,
                                                                aws::CallLimit /*limit*/) override
  {
    return queries.push_back(query), all_groups;
  }
  aws::Outcome<std::vector<aws::NetworkInterface>> interfaces(const aws::DescribeQuery& query,
                                                              aws::CallLimit /*limit*/) override
  {
    return queries.push_back(query), all_interfaces;
  }
  aws::Outcome<std::vector<aws::TypeOffering>> offerings(const std::vector<std::string>& types,
                                                         aws::CallLimit /*limit*/) override
  {
    return queries.push_back({.filters = {{"instance-type", types}}}), all_offerings;
  }
};

// Parameters by name, as SSM finds them; notes each call.
class FakeSsm : public aws::SsmApi {
public:
  std::map<std::string, std::string> parameters = {};
  std::optional<aws::ApiError> refused = {};
  std::vector<std::string> calls = {};
  aws::Outcome<std::string> parameter(const std::string& name, aws::CallLimit limit) override;
  aws::Outcome<std::string> decrypted(const std::string& name, aws::CallLimit limit) override
  {
    return parameter(name + " decrypted", limit);
  }
};

class FakeSecrets : public aws::SecretsApi {
public:
  std::map<std::string, std::string> secrets = {};
  aws::Outcome<std::string> secret(const std::string& id, aws::CallLimit limit) override;
};

aws::Instance machine(std::string id, aws::InstanceState state, std::string reason_code = {});
aws::ApiError api_failure(aws::ErrorClass error_class, std::string code = {},
                          bool may_have_happened = false);

std::string value_of(const aws::Params& params, std::string_view name); // "" when absent

} // namespace flame::test
