#include "cli/real_cloud.hpp"

#include "aws/endpoints.hpp"
#include "base/version.hpp"
#include "client/credentials/chain.hpp"
#include "client/sts.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

Result<aws::Endpoint> endpoint_of(std::string_view service, std::string_view region,
                                  const config::Settings& settings)
{
  const auto custom = settings.endpoints.find(std::string(service));
  if (custom == settings.endpoints.end()) {
    return aws::service_endpoint(service, region);
  }
  return aws::parse_endpoint(custom->second, settings.allow_http);
}

client::Sources sources_of(const config::Settings& settings, const World& world, io::Http& http,
                           const Talk& talk)
{
  return {.env = world.env,
          .profile = settings.profile,
          .region = settings.region,
          .read_file = world.find_file,
          .write_file = world.write_file,
          .others_can_read = world.others_can_read,
          .run = world.run,
          .endpoint =
            [settings](std::string_view service, std::string_view region) {
              return endpoint_of(service, region, settings);
            },
          .ask = talk.ask,
          .http = &http,
          .clock = world.clock,
          .cancel = world.cancel,
          .home = world.home,
          .note =
            [detail = talk.detail](const std::string& reason, const std::string&) {
              detail(fmt::format("credentials: {}", reason));
            },
          .warn = talk.warn};
}

class RealCloud : public Cloud {
public:
  RealCloud(const config::Settings& settings, const World& world, Talk talk, aws::Endpoint ec2,
            aws::Endpoint sts)
    : world_(world), talk_(std::move(talk)), region_(settings.region), sts_(std::move(sts)),
      http_(io::make_http({.ca_bundle = settings.ca_bundle})),
      finder_(client::default_chain(), sources_of(settings, world, *http_, talk_)),
      ec2_(client::make_ec2_client({.endpoint = std::move(ec2),
                                    .region = settings.region,
                                    .user_agent = fmt::format("flame-ec2/{}", version())},
                                   {.http = *http_,
                                    .clock = *world.clock,
                                    .cancel = *world.cancel,
                                    .random = *world.random,
                                    .find_credentials = [this] { return find_credentials(); }}))
  {
  }

  client::Ec2Client& ec2() override { return *ec2_; }

  Result<std::string> account() override
  {
    const auto credentials = ec2_->credentials();
    if (!credentials) {
      return tl::unexpected(credentials.error());
    }
    if (!credentials->account_id.empty()) {
      return credentials->account_id;
    }
    return client::caller_identity(*http_, *world_.clock, sts_, region_, *credentials)
      .map([](const client::CallerIdentity& identity) { return identity.account; })
      .map_error([](const aws::ApiError& error) { return error.error; });
  }

private:
  Result<aws::Credentials> find_credentials()
  {
    auto found = finder_.find();
    if (found) {
      const std::string& id = found->access_key_id;
      talk_.detail(fmt::format("credentials of {}, with a key that ends in {}{}", found->provider,
                               id.substr(id.size() - std::min<std::size_t>(id.size(), 4)),
                               found->expiration ? ", until " + iso8601(*found->expiration) : ""));
    }
    return found;
  }

  const World& world_;
  Talk talk_;
  std::string region_;
  aws::Endpoint sts_;
  std::unique_ptr<io::Http> http_;
  client::Finder finder_;
  std::unique_ptr<client::Ec2Client> ec2_;
};

} // namespace

Result<std::unique_ptr<Cloud>> connect_to_aws(const config::Settings& settings, const World& world,
                                              Talk talk)
{
  if (const auto region = aws::check_region(settings.region); !region) {
    return tl::unexpected(region.error());
  }
  auto ec2 = endpoint_of("ec2", settings.region, settings);
  auto sts = endpoint_of("sts", settings.region, settings);
  if (!ec2 || !sts) {
    return tl::unexpected(!ec2 ? ec2.error() : sts.error());
  }
  return std::make_unique<RealCloud>(settings, world, std::move(talk), std::move(*ec2),
                                     std::move(*sts));
}

} // namespace flame::cli
