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
