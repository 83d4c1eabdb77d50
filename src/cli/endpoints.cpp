#include "cli/endpoints.hpp"

#include "aws/iam.hpp"

namespace flame::cli {
namespace {

std::string custom_url(const std::string& service, const config::Settings& settings)
{
  const auto custom = settings.endpoints.find(service);
  return custom == settings.endpoints.end() ? std::string() : custom->second;
}

aws::Variant variant_of(const config::AwsSettings& aws)
{
  return {
    .fips = aws.fips, .dual_stack = aws.dual_stack, .global_sts = aws.sts_endpoints == "legacy"};
}

} // namespace

Result<aws::Endpoint> endpoint_of(std::string_view service, std::string_view region,
                                  const config::Settings& settings)
{
  return aws::find_endpoint({.service = std::string(service),
                             .region = std::string(region),
                             .custom = custom_url(std::string(service), settings),
                             .variant = variant_of(settings.aws),
                             .allow_http = settings.allow_http});
}

Result<aws::Endpoint> endpoint_of_iam(const config::Settings& settings)
{
  const std::string custom = custom_url("iam", settings);
  return custom.empty() ? aws::iam_place(settings.region).endpoint
                        : aws::parse_endpoint(custom, settings.allow_http);
}

aws::S3Place s3_place(const config::Settings& settings)
{
  using Addressing = aws::S3Place::Addressing;
  aws::S3Place place{.region = settings.region,
                     .custom = custom_url("s3", settings),
                     .variant = variant_of(settings.aws),
                     .allow_http = settings.allow_http};
  place.variant.dual_stack = place.variant.dual_stack || settings.aws.s3_dual_stack;
  const std::string& addressing = settings.aws.s3_addressing;
  place.addressing = addressing == "path"      ? Addressing::path
                     : addressing == "virtual" ? Addressing::host
                                               : Addressing::automatic;
  return place;
}

} // namespace flame::cli
