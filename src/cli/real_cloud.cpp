#include "cli/real_cloud.hpp"

#include "base/version.hpp"
#include "cli/endpoints.hpp"
#include "cli/traced_http.hpp"
#include "client/credentials/chain.hpp"
#include "client/iam_client.hpp"
#include "client/s3_client.hpp"
#include "client/secrets_client.hpp"
#include "client/ssm_client.hpp"
#include "client/sts.hpp"

#include <fmt/format.h>

namespace flame::cli {

client::ImdsPlace imds_place(const config::Settings& settings)
{
  return {.url = settings.instance_metadata_url,
          .token_url = settings.instance_metadata_token_url,
          .allow_http = settings.allow_http,
          .v1 = settings.imds_v1};
}

namespace {

client::Sources sources_of(const config::Settings& settings, const World& world, io::Http& http,
                           const Talk& talk)
{
  return {.env = world.env,
          .profile = settings.profile,
          .region = settings.region,
          .read_file = world.find_file,
          .write_file = world.write_file,
          .make_folder = world.make_folder,
          .others_can_read = world.others_can_read,
          .run = world.run,
          .endpoint =
            [settings](std::string_view service, std::string_view region) {
              return endpoint_of(service, region, settings);
            },
          .ask = talk.ask,
          .imds = imds_place(settings),
          .http = &http,
          .clock = world.clock,
          .cancel = world.cancel,
          .tries = settings.aws.max_attempts,
          .home = world.home,
          .note =
            [detail = talk.detail](const std::string& reason, const std::string&) {
              detail(fmt::format("credentials: {}", reason));
            },
          .asked = talk.asked,
          .warn = talk.warn};
}

// What is wrong with one is said by what uses it; all commands use EC2.
struct Endpoints {
  aws::Endpoint ec2 = {};
  Result<aws::Endpoint> sts = {};
  Result<aws::Endpoint> ssm = {};
  aws::Endpoint s3 = {}; // its client finds the bucket's, and says what is wrong
  Result<aws::Endpoint> secrets = {};
  Result<aws::Endpoint> iam = {};
};

class RealCloud : public Cloud {
public:
  RealCloud(const config::Settings& settings, const World& world, Talk talk, Endpoints endpoints)
    : world_(world), talk_(std::move(talk)), region_(settings.region),
      endpoints_(std::move(endpoints)), plain_(io::make_http({.ca_bundle = settings.ca_bundle})),
      traced_(*plain_, *world.clock, talk_.trace),
      http_(talk_.trace ? static_cast<io::Http*>(&traced_) : plain_.get()),
      finder_(client::default_chain(), sources_of(settings, world, *http_, talk_)),
      ec2_(client::make_ec2_client(options(settings, endpoints_.ec2),
                                   parts([this] { return find_credentials(); }))),
      ssm_(client::make_ssm_client(options(settings, endpoints_.ssm),
                                   parts([this] { return ec2_->credentials(); }))),
      secrets_(client::make_secrets_client(options(settings, endpoints_.secrets),
                                           parts([this] { return ec2_->credentials(); }))),
      s3_(client::make_s3_client(options(settings, endpoints_.s3),
                                 parts([this] { return ec2_->credentials(); }),
                                 s3_place(settings))),
      iam_(iam_options(settings), parts([this] { return ec2_->credentials(); }))
  {
  }

  client::Ec2Client& ec2() override { return *ec2_; }
  aws::SsmApi& ssm() override { return *ssm_; }
  aws::SecretsApi& secrets() override { return *secrets_; }
  aws::S3Api& s3() override { return *s3_; }

  Result<std::string> account() override
  {
    const auto credentials = ec2_->credentials();
    if (!credentials) {
      return tl::unexpected(credentials.error());
    }
    if (!credentials->account_id.empty()) {
      return credentials->account_id;
    }
    return caller().map([](const client::CallerIdentity& identity) { return identity.account; });
  }

  Result<client::CallerIdentity> caller() override
  {
    const auto credentials = ec2_->credentials();
    if (!credentials) {
      return tl::unexpected(credentials.error());
    }
    if (!endpoints_.sts) {
      return tl::unexpected(endpoints_.sts.error());
    }
    return client::caller_identity(sts_caller(*credentials))
      .map_error([](const aws::ApiError& error) { return error.error; });
  }

  aws::Outcome<aws::InstanceProfile> instance_profile(const std::string& name,
                                                      aws::CallLimit limit) override
  {
    return iam_.instance_profile(name, limit);
  }

private:
  client::ClientOptions options(const config::Settings& settings,
                                const Result<aws::Endpoint>& endpoint) const
  {
    const std::string run = settings.run_id.empty() ? "" : " run/" + settings.run_id;
    return {.endpoint = endpoint.value_or(aws::Endpoint()),
            .no_endpoint = endpoint ? std::optional<Error>() : endpoint.error(),
            .region = region_,
            .user_agent = fmt::format("flame-ec2/{}{}", version(), run),
            .tries = settings.aws.max_attempts};
  }
  // A partition has one IAM, in a region of its own.
  client::ClientOptions iam_options(const config::Settings& settings) const
  {
    client::ClientOptions made = options(settings, endpoints_.iam);
    made.region = aws::iam_place(region_).region;
    return made;
  }
  client::ClientParts parts(std::function<Result<aws::Credentials>()> find_credentials)
  {
    return {.http = *http_,
            .clock = *world_.clock,
            .cancel = *world_.cancel,
            .random = *world_.random,
            .find_credentials = std::move(find_credentials),
            .warn = [this](std::string_view sentence) { warn_of_clock(sentence); },
            .decode = [this](const std::string& encoded) { return decode(encoded); }};
  }

  // Of an endpoint that is there.
  client::StsCaller sts_caller(const aws::Credentials& credentials)
  {
    return {*http_,  *world_.clock, *endpoints_.sts,
            region_, credentials,   world_.clock->wall() + ec2_->clock_offset()};
  }

  // Each service finds it out by itself.
  void warn_of_clock(std::string_view sentence)
  {
    if (!clock_is_said_ && talk_.warn) {
      talk_.warn(sentence);
    }
    clock_is_said_ = true;
  }

  std::optional<std::string> decode(const std::string& encoded)
  {
    if (!endpoints_.sts) {
      talk_.detail(fmt::format("the refusal stays encoded: {}", endpoints_.sts.error().message));
      return std::nullopt;
    }
    const auto credentials = ec2_->credentials();
    const auto decoded = credentials
                           ? client::decode_authorization_message(sts_caller(*credentials), encoded)
                           : aws::Outcome<std::string>(tl::unexpected(aws::ApiError{}));
    if (!decoded) {
      talk_.detail(fmt::format("the refusal stays encoded: {}", decoded.error().error.message));
      return std::nullopt;
    }
    return *decoded;
  }

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
  Endpoints endpoints_;
  std::unique_ptr<io::Http> plain_;
  TracedHttp traced_;
  io::Http* http_; // one of the two
  client::Finder finder_;
  std::unique_ptr<client::Ec2Client> ec2_;
  std::unique_ptr<aws::SsmApi> ssm_;
  std::unique_ptr<aws::SecretsApi> secrets_;
  std::unique_ptr<aws::S3Api> s3_;
  bool clock_is_said_ = false;
  client::IamClient iam_;
};

} // namespace

Result<std::unique_ptr<Cloud>> connect_to_aws(const config::Settings& settings, const World& world,
                                              Talk talk)
{
  if (const auto region = aws::check_region(settings.region); !region) {
    return tl::unexpected(region.error());
  }
  const auto endpoint = [&](std::string_view service) {
    return endpoint_of(service, settings.region, settings);
  };
  const auto ec2 = endpoint("ec2");
  if (!ec2) {
    return tl::unexpected(ec2.error());
  }
  Endpoints endpoints{
    .ec2 = *ec2,
    .sts = endpoint("sts"),
    .ssm = endpoint("ssm"),
    .s3 = endpoint("s3").value_or(aws::service_endpoint("s3", settings.region)),
    .secrets = endpoint("secretsmanager"),
    .iam = endpoint_of_iam(settings),
  };
  return std::make_unique<RealCloud>(settings, world, std::move(talk), std::move(endpoints));
}

} // namespace flame::cli
