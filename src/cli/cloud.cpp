#include "cli/cloud.hpp"

#include "aws/endpoints.hpp"
#include "base/text.hpp"
#include "cli/traced_s3.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace flame::cli {
namespace {

using Instances = std::vector<aws::Instance>;

// The call, and a line about its outcome and time.
template <typename Call>
std::invoke_result_t<Call> said(std::string_view action, const Clock& clock, Console& console,
                                const Call& call)
{
  const TimePoint start = clock.now();
  auto outcome = call();
  const auto took = std::chrono::duration_cast<Millis>(clock.now() - start).count();
  if (outcome) {
    console.detail(fmt::format("{} answered after {} ms", action, took));
  } else {
    const aws::ApiError& failure = outcome.error();
    console.detail(
      fmt::format("{} failed after {} ms: {}", action, took,
                  failure.error.aws_code.empty() ? failure.error.message : failure.error.aws_code));
  }
  return outcome;
}

class TracedSsm : public aws::SsmApi {
public:
  TracedSsm(aws::SsmApi& ssm, const Clock& clock, Console& console)
    : ssm_(ssm), clock_(clock), console_(console)
  {
  }

  aws::Outcome<std::string> parameter(const std::string& name, aws::CallLimit limit) override
  {
    console_.trace(fmt::format("GetParameter {}", name));
    return said("SSM GetParameter", clock_, console_, [&] { return ssm_.parameter(name, limit); });
  }
  aws::Outcome<std::string> decrypted(const std::string& name, aws::CallLimit limit) override
  {
    console_.trace(fmt::format("GetParameter {} WithDecryption", name));
    return said("SSM GetParameter", clock_, console_, [&] { return ssm_.decrypted(name, limit); });
  }

private:
  aws::SsmApi& ssm_;
  const Clock& clock_;
  Console& console_;
};

class TracedNetwork : public aws::NetworkApi {
public:
  TracedNetwork(aws::NetworkApi& network, const Clock& clock, Console& console)
    : network_(network), clock_(clock), console_(console)
  {
  }

  aws::Outcome<std::vector<aws::Subnet>> subnets(const aws::DescribeQuery& query,
                                                 aws::CallLimit limit) override
  {
    return said("DescribeSubnets", query, limit, &aws::NetworkApi::subnets);
  }
  aws::Outcome<std::vector<aws::RouteTable>> route_tables(const aws::DescribeQuery& query,
                                                          aws::CallLimit limit) override
  {
    return said("DescribeRouteTables", query, limit, &aws::NetworkApi::route_tables);
  }
  aws::Outcome<std::vector<aws::VpcEndpoint>> vpc_endpoints(const aws::DescribeQuery& query,
                                                            aws::CallLimit limit) override
  {
    return said("DescribeVpcEndpoints", query, limit, &aws::NetworkApi::vpc_endpoints);
  }
  aws::Outcome<std::vector<aws::SecurityGroup>> security_groups(const aws::DescribeQuery& query,
                                                                aws::CallLimit limit) override
  {
    return said("DescribeSecurityGroups", query, limit, &aws::NetworkApi::security_groups);
  }
  aws::Outcome<std::vector<aws::NetworkInterface>> interfaces(const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override
  {
    return said("DescribeNetworkInterfaces", query, limit, &aws::NetworkApi::interfaces);
  }
  aws::Outcome<std::vector<aws::TypeOffering>> offerings(const std::vector<std::string>& types,
                                                         aws::CallLimit limit) override
  {
    constexpr std::string_view action = "DescribeInstanceTypeOfferings";
    console_.trace(fmt::format("{} {}", action, fmt::join(types, " ")));
    return flame::cli::said(fmt::format("EC2 {}", action), clock_, console_,
                            [&] { return network_.offerings(types, limit); });
  }

private:
  template <typename Answer>
  Answer said(std::string_view action, const aws::DescribeQuery& query, aws::CallLimit limit,
              Answer (aws::NetworkApi::*call)(const aws::DescribeQuery&, aws::CallLimit))
  {
    console_.trace(fmt::format("{} {}", action, fmt::join(query.ids, " ")));
    for (const auto& [name, values] : query.filters) {
      console_.trace(fmt::format("{} {} = {}", action, name, fmt::join(values, ", ")));
    }
    return flame::cli::said(fmt::format("EC2 {}", action), clock_, console_,
                            [&] { return (network_.*call)(query, limit); });
  }

  aws::NetworkApi& network_;
  const Clock& clock_;
  Console& console_;
};

class TracedEc2 : public client::Ec2Client {
public:
  TracedEc2(client::Ec2Client& ec2, const Clock& clock, Console& console)
    : ec2_(ec2), network_(ec2.network(), clock, console), clock_(clock), console_(console)
  {
  }

  aws::Outcome<Instances> run_instances(const aws::Params& params, aws::CallLimit limit) override
  {
    for (const auto& [name, value] : params) {
      console_.trace(fmt::format("RunInstances {} = {}", name,
                                 name == "UserData" ? "***" : std::string_view(value)));
    }
    return said("RunInstances", [&] { return ec2_.run_instances(params, limit); });
  }
  aws::Outcome<Instances> describe_instances(const aws::DescribeQuery& query,
                                             aws::CallLimit limit) override
  {
    for (const std::string& id : query.ids) {
      console_.trace(fmt::format("DescribeInstances {}", id));
    }
    for (const auto& [name, values] : query.filters) {
      console_.trace(fmt::format("DescribeInstances {} = {}", name, fmt::join(values, ", ")));
    }
    return said("DescribeInstances", [&] { return ec2_.describe_instances(query, limit); });
  }
  aws::Outcome<std::vector<aws::Resource>> describe_resources(aws::ResourceKind kind,
                                                              const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override
  {
    return said(kind == aws::ResourceKind::volume ? "DescribeVolumes" : "DescribeNetworkInterfaces",
                [&] { return ec2_.describe_resources(kind, query, limit); });
  }
  aws::Outcome<std::vector<std::string>> describe_regions(aws::CallLimit limit) override
  {
    return said("DescribeRegions", [&] { return ec2_.describe_regions(limit); });
  }
  aws::Outcome<std::vector<aws::StateChange>>
  terminate_instances(const std::vector<std::string>& ids, aws::CallLimit limit) override
  {
    console_.trace(fmt::format("TerminateInstances {}", fmt::join(ids, " ")));
    return said("TerminateInstances", [&] { return ec2_.terminate_instances(ids, limit); });
  }
  aws::Outcome<aws::ConsoleOutput> console_output(const std::string& id, bool latest,
                                                  aws::CallLimit limit) override
  {
    return said("GetConsoleOutput", [&] { return ec2_.console_output(id, latest, limit); });
  }
  aws::Outcome<std::vector<aws::Image>> describe_images(const std::vector<std::string>& ids,
                                                        aws::CallLimit limit) override
  {
    console_.trace(fmt::format("DescribeImages {}", fmt::join(ids, " ")));
    return said("DescribeImages", [&] { return ec2_.describe_images(ids, limit); });
  }
  aws::Outcome<aws::LaunchTemplate> launch_template(const std::string& id_or_name,
                                                    const std::string& version,
                                                    aws::CallLimit limit) override
  {
    constexpr std::string_view action = "DescribeLaunchTemplateVersions";
    console_.trace(fmt::format("{} {} {}", action, id_or_name, version));
    return said(action, [&] { return ec2_.launch_template(id_or_name, version, limit); });
  }
  Result<void> renew(aws::ErrorClass reason) override { return ec2_.renew(reason); }
  std::chrono::seconds clock_offset() const override { return ec2_.clock_offset(); }
  std::optional<Seconds> server_time() const override { return ec2_.server_time(); }
  Result<aws::Credentials> credentials() override { return ec2_.credentials(); }
  aws::NetworkApi& network() override { return network_; }

private:
  template <typename Call> std::invoke_result_t<Call> said(std::string_view action, Call call)
  {
    return flame::cli::said(fmt::format("EC2 {}", action), clock_, console_, call);
  }

  client::Ec2Client& ec2_;
  TracedNetwork network_;
  const Clock& clock_;
  Console& console_;
};

class TracedCloud : public Cloud {
public:
  TracedCloud(std::unique_ptr<Cloud> cloud, const Clock& clock, Console& console)
    : cloud_(std::move(cloud)), ec2_(cloud_->ec2(), clock, console),
      ssm_(cloud_->ssm(), clock, console), s3_(cloud_->s3(), clock, console), clock_(clock),
      console_(console)
  {
  }
  client::Ec2Client& ec2() override { return ec2_; }
  aws::SsmApi& ssm() override { return ssm_; }
  aws::SecretsApi& secrets() override { return cloud_->secrets(); }
  aws::S3Api& s3() override { return s3_; }
  Result<std::string> account() override { return cloud_->account(); }
  Result<client::CallerIdentity> caller() override { return cloud_->caller(); }
  aws::Outcome<aws::InstanceProfile> instance_profile(const std::string& name,
                                                      aws::CallLimit limit) override
  {
    return said("IAM GetInstanceProfile", clock_, console_,
                [&] { return cloud_->instance_profile(name, limit); });
  }

private:
  std::unique_ptr<Cloud> cloud_;
  TracedEc2 ec2_;
  TracedSsm ssm_;
  TracedS3 s3_;
  const Clock& clock_;
  Console& console_;
};

Talk talk(World& world, Console& console)
{
  Talk talk{.warn = [&console](std::string_view sentence) { console.warn(sentence); },
            .detail = [&console](std::string_view sentence) { console.detail(sentence); }};
  if (console.shows_requests()) {
    talk.trace = [&console](std::string_view sentence) { console.trace(sentence); };
  }
  if (world.terminal.input) {
    talk.ask = [&world, &console](const std::string& question) {
      console.clear();
      console.raw(printable(question));
      auto answer = world.read_hidden();
      console.raw("\n"); // the one that was typed is not shown either
      return answer;
    };
  }
  return talk;
}

// There are more regions than this version knows, so that it can only be said.
void warn_of_unknown(const std::string& region, Console& console)
{
  const auto known = aws::known_regions();
  const std::string_view meant = nearest(region, known);
  if (!meant.empty() && std::ranges::count(known, region) == 0) {
    console.warn(fmt::format("region {} is not known here; did you mean {}?", region, meant));
  }
}

} // namespace

Result<std::unique_ptr<Cloud>> connect(const config::Settings& settings, World& world,
                                       Console& console,
                                       std::function<void(const client::ProviderAnswer&)> asked)
{
  warn_of_unknown(settings.region, console);
  Talk how = talk(world, console);
  how.asked = std::move(asked);
  auto cloud = world.connect(settings, world, std::move(how));
  if (!cloud || !console.shows_details()) {
    return cloud;
  }
  return std::make_unique<TracedCloud>(std::move(*cloud), *world.clock, console);
}

} // namespace flame::cli
