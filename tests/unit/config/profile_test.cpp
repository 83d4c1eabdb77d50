#include "config/layers.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::config;

namespace {

constexpr Group k_all[] = {Group::where};
using Map = std::map<std::string, std::string>;

Configured configured(std::vector<Flag> flags, const Map& env, const Map& profile)
{
  Configured got =
    merge({flags_layer(flags), variables_layer(env), surroundings_layer(env)}, k_all, {});
  add_profile(
    got,
    [&](std::string_view key) {
      const auto found = profile.find(std::string(key));
      return found == profile.end() ? "" : found->second;
    },
    env);
  return got;
}

std::string ec2_endpoint(std::vector<Flag> flags, const Map& env, const Map& profile = {})
{
  return configured(std::move(flags), env, profile).settings.endpoints["ec2"];
}

} // namespace

TEST_CASE("config: the profile gives what nobody else has set")
{
  const Map profile = {{"region", "eu-west-3"}, {"ca_bundle", "/ca.pem"}};
  CHECK(configured({}, {}, profile).settings.region == "eu-west-3");
  CHECK(configured({}, {}, profile).settings.ca_bundle == "/ca.pem");
  CHECK(configured({}, {{"AWS_DEFAULT_REGION", "eu-west-1"}}, profile).settings.region
        == "eu-west-1");
  CHECK(configured({}, {{"AWS_CA_BUNDLE", "/x"}}, profile).settings.ca_bundle == "/x");
}

TEST_CASE("config: which endpoint a service has")
{
  const Map both = {{"AWS_ENDPOINT_URL", "all"}, {"AWS_ENDPOINT_URL_EC2", "ec2"}};
  const Map file = {{"endpoint_url", "file-all"}, {"ec2.endpoint_url", "file-ec2"}};
  CHECK(ec2_endpoint({}, {}).empty());
  CHECK(ec2_endpoint({}, both) == "ec2");
  CHECK(ec2_endpoint({}, {{"AWS_ENDPOINT_URL", "all"}}, file) == "all");
  CHECK(ec2_endpoint({}, {}, file) == "file-ec2");
  CHECK(ec2_endpoint({}, {}, {{"endpoint_url", "file-all"}}) == "file-all");
  CHECK(ec2_endpoint({{"--endpoint-url", "flag"}}, both, file) == "flag");
  SUBCASE("of our own settings the nearer layer wins, then the one for EC2 alone")
  {
    CHECK(ec2_endpoint({{"--endpoint-url", "flag"}}, {{"FLAME_EC2_SERVICE_ENDPOINT", "var"}})
          == "flag");
    CHECK(ec2_endpoint({{"--ec2-service-endpoint", "flag"}}, {{"FLAME_EC2_ENDPOINT_URL", "var"}})
          == "flag");
    CHECK(ec2_endpoint({{"--endpoint-url", "all"}, {"--ec2-service-endpoint", "ec2"}}, {})
          == "ec2");
    CHECK(configured({{"--ec2-service-endpoint", "ec2"}}, {}, {}).settings.endpoints.count("s3")
          == 0);
  }
  SUBCASE("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS leaves ours alone")
  {
    Map env = both;
    env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True";
    CHECK(ec2_endpoint({}, env, file).empty());
    CHECK(ec2_endpoint({{"--endpoint-url", "flag"}}, env) == "flag");
  }
}

TEST_CASE("config: AWS's own settings come from the environment, then from the profile")
{
  CHECK(configured({}, {}, {}).settings.aws == AwsSettings());
  const Map profile = {{"use_fips_endpoint", "true"},
                       {"use_dualstack_endpoint", "True"},
                       {"s3.addressing_style", "path"},
                       {"sts_regional_endpoints", "legacy"},
                       {"s3.use_dualstack_endpoint", "true"},
                       {"max_attempts", "7"},
                       {"retry_mode", "adaptive"}};
  const AwsSettings all{.fips = true,
                        .dual_stack = true,
                        .s3_dual_stack = true,
                        .s3_addressing = "path",
                        .sts_endpoints = "legacy",
                        .max_attempts = 7};
  CHECK(configured({}, {}, profile).settings.aws == all);
  const AwsSettings env = configured({},
                                     {{"AWS_USE_FIPS_ENDPOINT", "FALSE"},
                                      {"AWS_MAX_ATTEMPTS", "1"},
                                      {"AWS_USE_DUALSTACK_ENDPOINT", ""}},
                                     profile)
                            .settings.aws;
  CHECK(!env.fips);
  CHECK(env.dual_stack);
  CHECK(env.max_attempts == 1);
}

TEST_CASE("config: a bad value of AWS's own settings is named, all of them at once")
{
  const Configured got = configured(
    {}, {{"AWS_USE_FIPS_ENDPOINT", "yes"}, {"AWS_MAX_ATTEMPTS", "0"}, {"AWS_RETRY_MODE", "never"}},
    {{"s3.addressing_style", "host"}, {"max_attempts", "3"}});
  REQUIRE(got.mistakes.size() == 4);
  CHECK(got.mistakes[0].message == "variable AWS_USE_FIPS_ENDPOINT: \"yes\" is no value for it");
  CHECK(got.mistakes[0].hint == "it may be true, false");
  CHECK(got.mistakes[1].message
        == "s3.addressing_style of the AWS profile: \"host\" is no value for it");
  CHECK(got.mistakes[2].hint == "it may be standard, adaptive, legacy");
  CHECK(got.mistakes[3].hint == "it is a number from 1 to 100");
  for (const char* number : {"x", "-1", "3 4", "99999999999", "1e1"}) {
    CAPTURE(number);
    CHECK(configured({}, {{"AWS_MAX_ATTEMPTS", number}}, {}).mistakes.size() == 1);
  }
}

TEST_CASE("config: AWS's settings call Secrets Manager by its two words")
{
  const auto endpoints = [](const Map& env, const Map& profile) {
    return configured({}, env, profile).settings.endpoints;
  };
  CHECK(endpoints({{"AWS_ENDPOINT_URL_SECRETS_MANAGER", "own"}}, {}).at("secretsmanager") == "own");
  CHECK(endpoints({}, {{"secrets_manager.endpoint_url", "own"}}).at("secretsmanager") == "own");
  CHECK(endpoints({{"AWS_ENDPOINT_URL_SECRETSMANAGER", "other"}}, {}).count("secretsmanager") == 0);
}
