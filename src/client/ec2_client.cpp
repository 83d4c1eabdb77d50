#include "client/ec2_client.hpp"

#include "aws/ec2_xml.hpp"
#include "aws/network_xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string_view>

namespace flame::client {
namespace {

using aws::ApiError;
using aws::CallLimit;
using aws::ErrorClass;
using aws::Outcome;

constexpr std::size_t k_most_pages = 1000;

template <typename T> using Parser = Outcome<T> (*)(std::string_view xml);

Result<std::string> form_of(std::string_view action, const aws::Params& params)
{
  std::set<std::string_view> seen;
  for (const auto& [name, value] : params) {
    if (!aws::is_known_parameter(action, name)) {
      return fail(ErrorKind::internal, fmt::format("{} has no parameter \"{}\"", action, name));
    }
    if (!seen.insert(name).second) { // EC2 answers MalformedQueryString, which tells nobody what
      return fail(ErrorKind::internal, fmt::format("{} was to be sent \"{}\" twice", action, name));
    }
  }
  aws::Params all = {{"Action", std::string(action)},
                     {"Version", std::string(aws::k_ec2_api_version)}};
  all.insert(all.end(), params.begin(), params.end());
  return aws::form(all);
}

void add_numbered(aws::Params& params, std::string_view name,
                  const std::vector<std::string>& values)
{
  for (std::size_t i = 0; i < values.size(); ++i) {
    params.emplace_back(fmt::format("{}.{}", name, i + 1), values[i]);
  }
}

// Ids or filters; EC2 then gives all there is, in pages of its own size.
aws::Params query_params(const aws::DescribeQuery& query, std::string_view id)
{
  aws::Params params;
  add_numbered(params, id, query.ids);
  for (std::size_t i = 0; i < query.filters.size(); ++i) {
    const auto& [name, values] = query.filters[i];
    params.emplace_back(fmt::format("Filter.{}.Name", i + 1), name);
    add_numbered(params, fmt::format("Filter.{}.Value", i + 1), values);
  }
  return params;
}

aws::Params describe_params(const aws::DescribeQuery& query)
{
  aws::Params params = query_params(query, "InstanceId");
  if (query.ids.empty()) { // EC2 refuses both together
    params.emplace_back("MaxResults", "1000");
  }
  return params;
}

// How many a launch asks for at most.
std::size_t most_instances(const aws::Params& params)
{
  const auto most = std::ranges::find(params, "MaxCount", &aws::Params::value_type::first);
  return most == params.end() ? 1 : std::strtoul(most->second.c_str(), nullptr, 10);
}

class HttpEc2Client : public Ec2Client, private aws::NetworkApi {
public:
  HttpEc2Client(ClientOptions options, ClientParts parts)
    : service_("ec2", std::move(options), std::move(parts))
  {
  }

  Outcome<std::vector<aws::Instance>> run_instances(const aws::Params& params,
                                                    CallLimit limit) override
  {
    const auto body = form_of("RunInstances", params);
    if (!body) {
      return tl::unexpected(ApiError{.error = body.error()});
    }
    const std::size_t wanted = most_instances(params);
    ActionPace& pace = paces_.of("RunInstances");
    auto launched = service_.call(
      {.action = "RunInstances", .body = *body, .once = true, .pace = &pace, .instances = wanted},
      limit, aws::parse_run_instances);
    if (launched && launched->size() < wanted) {
      pace.give_back(wanted - launched->size());
    }
    return launched;
  }

  Outcome<std::vector<aws::Instance>> describe_instances(const aws::DescribeQuery& query,
                                                         CallLimit limit) override
  {
    return all_pages("DescribeInstances", describe_params(query), limit,
                     aws::parse_describe_instances);
  }

  Outcome<std::vector<aws::Resource>> describe_resources(aws::ResourceKind kind,
                                                         const aws::DescribeQuery& query,
                                                         CallLimit limit) override
  {
    const bool volumes = kind == aws::ResourceKind::volume;
    return all_pages(volumes ? "DescribeVolumes" : "DescribeNetworkInterfaces",
                     describe_params({.filters = query.filters}), limit,
                     volumes ? aws::parse_describe_volumes
                             : aws::parse_describe_network_interfaces);
  }

  Outcome<std::vector<std::string>> describe_regions(CallLimit limit) override
  {
    return call("DescribeRegions", {}, limit, aws::parse_describe_regions);
  }

  Outcome<std::vector<aws::StateChange>> terminate_instances(const std::vector<std::string>& ids,
                                                             CallLimit limit) override
  {
    aws::Params params;
    add_numbered(params, "InstanceId", ids);
    return call("TerminateInstances", params, limit, aws::parse_terminate_instances, ids.size());
  }

  Outcome<aws::ConsoleOutput> console_output(const std::string& id, bool latest,
                                             CallLimit limit) override
  {
    aws::Params params = {{"InstanceId", id}};
    if (latest) {
      params.emplace_back("Latest", "true");
    }
    return call("GetConsoleOutput", params, limit, aws::parse_console_output);
  }

  Outcome<std::vector<aws::Image>> describe_images(const std::vector<std::string>& ids,
                                                   CallLimit limit) override
  {
    aws::Params params;
    add_numbered(params, "ImageId", ids);
    return call("DescribeImages", params, limit, aws::parse_describe_images);
  }

  Outcome<aws::LaunchTemplate> launch_template(const std::string& id_or_name,
                                               const std::string& version,
                                               CallLimit limit) override;

  Result<void> renew(ErrorClass reason) override { return service_.keys().renew(reason); }
  std::chrono::seconds clock_offset() const override { return service_.keys().offset(); }
  std::optional<Seconds> server_time() const override { return service_.keys().server_time(); }
  Result<aws::Credentials> credentials() override { return service_.keys().credentials(); }
  aws::NetworkApi& network() override { return *this; }

private:
  Outcome<std::vector<aws::Subnet>> subnets(const aws::DescribeQuery& query,
                                            CallLimit limit) override
  {
    return all_pages("DescribeSubnets", query_params(query, "SubnetId"), limit,
                     aws::parse_describe_subnets);
  }
  Outcome<std::vector<aws::RouteTable>> route_tables(const aws::DescribeQuery& query,
                                                     CallLimit limit) override
  {
    return all_pages("DescribeRouteTables", query_params(query, "RouteTableId"), limit,
                     aws::parse_describe_route_tables);
  }
  Outcome<std::vector<aws::VpcEndpoint>> vpc_endpoints(const aws::DescribeQuery& query,
                                                       CallLimit limit) override
  {
    return all_pages("DescribeVpcEndpoints", query_params(query, "VpcEndpointId"), limit,
                     aws::parse_describe_vpc_endpoints);
  }
  Outcome<std::vector<aws::SecurityGroup>> security_groups(const aws::DescribeQuery& query,
                                                           CallLimit limit) override
  {
    return all_pages("DescribeSecurityGroups", query_params(query, "GroupId"), limit,
                     aws::parse_describe_security_groups);
  }
  Outcome<std::vector<aws::NetworkInterface>> interfaces(const aws::DescribeQuery& query,
                                                         CallLimit limit) override
  {
    return all_pages("DescribeNetworkInterfaces", query_params(query, "NetworkInterfaceId"), limit,
                     aws::parse_interfaces);
  }
  Outcome<std::vector<aws::TypeOffering>> offerings(const std::vector<std::string>& types,
                                                    CallLimit limit) override
  {
    aws::Params params = query_params({.filters = {{"instance-type", types}}}, "");
    params.emplace_back("LocationType", "availability-zone");
    return all_pages("DescribeInstanceTypeOfferings", params, limit, aws::parse_type_offerings);
  }

  template <typename T>
  Outcome<T> call(std::string_view action, const aws::Params& params, CallLimit limit,
                  Parser<T> parse, std::size_t instances = 0)
  {
    const auto body = form_of(action, params);
    if (!body) {
      return tl::unexpected(ApiError{.error = body.error()});
    }
    return service_.call(
      {.action = action, .body = *body, .pace = &paces_.of(action), .instances = instances}, limit,
      parse);
  }

  template <typename T>
  Outcome<std::vector<T>> all_pages(std::string_view action, const aws::Params& first,
                                    CallLimit limit, Parser<aws::Page<T>> parse);

  Service service_;
  Paces paces_ = {};
};

template <typename T>
Outcome<std::vector<T>> HttpEc2Client::all_pages(std::string_view action, const aws::Params& first,
                                                 CallLimit limit, Parser<aws::Page<T>> parse)
{
  std::vector<T> all;
  std::vector<std::string> tokens;
  for (;;) {
    aws::Params params = first;
    if (!tokens.empty()) {
      params.emplace_back("NextToken", tokens.back());
    }
    auto page = call(action, params, limit, parse);
    if (!page) {
      return tl::unexpected(std::move(page.error()));
    }
    std::ranges::move(page->items, std::back_inserter(all)); // a page may be empty
    if (page->next_token.empty()) {
      return all;
    }
    if (std::ranges::find(tokens, page->next_token) != tokens.end()
        || tokens.size() >= k_most_pages) {
      return tl::unexpected(
        aws::answer_error(action, fmt::format("has no last page; it came from {}",
                                              service_.options().endpoint.host)));
    }
    tokens.push_back(std::move(page->next_token));
  }
}

Outcome<aws::LaunchTemplate> HttpEc2Client::launch_template(const std::string& id_or_name,
                                                            const std::string& version,
                                                            CallLimit limit)
{
  constexpr std::string_view action = "DescribeLaunchTemplateVersions";
  const bool id = id_or_name.starts_with("lt-");
  auto versions = call(action,
                       {{id ? "LaunchTemplateId" : "LaunchTemplateName", id_or_name},
                        {"LaunchTemplateVersion.1", version}},
                       limit, aws::parse_launch_template_versions);
  if (!versions) {
    return tl::unexpected(std::move(versions.error()));
  }
  if (versions->empty()) {
    return tl::unexpected(aws::answer_error(action, "has no version"));
  }
  return std::move(versions->front());
}

} // namespace

std::unique_ptr<Ec2Client> make_ec2_client(ClientOptions options, ClientParts parts)
{
  return std::make_unique<HttpEc2Client>(std::move(options), std::move(parts));
}

} // namespace flame::client
