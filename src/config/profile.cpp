#include "base/text.hpp"
#include "config/aws_settings.hpp"
#include "config/layers.hpp"

#include <fmt/format.h>

namespace flame::config {
namespace {

using Environment = std::map<std::string, std::string>;

constexpr std::string_view k_services[] = {"ec2", "s3",  "iam",      "ssm",
                                           "sts", "sso", "sso_oidc", "secretsmanager"};

std::string variable(const Environment& env, const std::string& name)
{
  const auto found = env.find(name);
  return found == env.end() ? "" : found->second;
}

void fill(Configured& configured, std::string_view key, std::string& field, std::string value)
{
  const auto origin = configured.origins.find(key);
  const bool lower = origin != configured.origins.end() && origin->second.rank < Rank::profile;
  if ((!field.empty() && !lower) || value.empty()) {
    return;
  }
  field = std::move(value);
  configured.origins.insert_or_assign(std::string(key), Origin{Rank::profile, "the AWS profile"});
}

bool has_rank(const Configured& configured, std::string_view key, Rank& rank)
{
  const auto found = configured.origins.find(key);
  if (found == configured.origins.end()) {
    return false;
  }
  rank = found->second.rank;
  return true;
}

// Our own settings: the nearer layer wins, then the one that names the service.
std::string own_endpoint(const Configured& configured, std::string_view service)
{
  const Settings& settings = configured.settings;
  Rank all = Rank::metadata;
  Rank ec2 = Rank::metadata;
  const bool has_all = has_rank(configured, "endpoint_url", all);
  const bool has_ec2 = service == "ec2" && has_rank(configured, "ec2_service_endpoint", ec2);
  if (has_ec2 && (!has_all || ec2 >= all)) {
    return settings.ec2_service_endpoint;
  }
  return has_all ? settings.endpoint_url : "";
}

// AWS's settings call each service by its service id: "Secrets Manager", with '_' for the blank.
std::string_view setting_of(std::string_view service)
{
  return service == "secretsmanager" ? "secrets_manager" : service;
}

// AWS's: what names the service wins over what does not, the environment over the profile.
std::string aws_endpoint(std::string_view service, const ProfileLookup& profile,
                         const Environment& env)
{
  if (to_lower(variable(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) == "true"
      || to_lower(profile("ignore_configured_endpoint_urls")) == "true") {
    return {};
  }
  const std::string_view name = setting_of(service);
  for (std::string found :
       {variable(env, "AWS_ENDPOINT_URL_" + to_upper(name)), variable(env, "AWS_ENDPOINT_URL"),
        profile(fmt::format("{}.endpoint_url", name)), profile("endpoint_url")}) {
    if (!found.empty()) {
      return found;
    }
  }
  return {};
}

} // namespace

void add_profile(Configured& configured, const ProfileLookup& profile, const Environment& env)
{
  Settings& settings = configured.settings;
  fill(configured, "region", settings.region, profile("region"));
  fill(configured, "ca_bundle", settings.ca_bundle, profile("ca_bundle"));
  add_aws_settings(configured, profile, env);
  for (const std::string_view service : k_services) {
    std::string url = own_endpoint(configured, service);
    if (url.empty()) {
      url = aws_endpoint(service, profile, env);
    }
    if (!url.empty()) {
      settings.endpoints.insert_or_assign(std::string(service), std::move(url));
    }
  }
}

} // namespace flame::config
