#include "aws/endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// Each service's own addresses. Source: the endpoint rule sets of botocore/data/SERVICE.
namespace flame::aws {
namespace {

// Where the host is not called as the service.
struct HostWord {
  std::string_view service;
  std::string_view word;
};
constexpr HostWord k_host_words[] = {{"sso", "portal.sso"}, {"sso_oidc", "oidc"}};

// The regions for which "legacy" of sts_regional_endpoints means sts.amazonaws.com.
constexpr std::string_view k_global_sts[] = {
  "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
  "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
  "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2",
};

bool is_s3(std::string_view service)
{
  return service == "s3" || service == "s3-accesspoint";
}

bool is_global_sts(std::string_view service, std::string_view region, const Variant& variant)
{
  return service == "sts" && variant.global_sts && !variant.fips && !variant.dual_stack
         && std::ranges::find(k_global_sts, region) != std::end(k_global_sts);
}

// S3 had names with IPv6 before AWS had a domain for them.
std::string s3_host(std::string_view service, std::string_view region, const Variant& variant)
{
  return fmt::format("{}{}{}.{}.{}", service, variant.fips ? "-fips" : "",
                     variant.dual_stack ? ".dualstack" : "", region,
                     partition_of(region).dns_suffix);
}

// The service whose plain names have IPv6 too, in the partitions that are open to all.
constexpr std::string_view k_both_in_one = "secretsmanager";

std::string host_of(std::string_view service, std::string_view region, const Variant& variant)
{
  const Partition& partition = partition_of(region);
  const auto* const other = std::ranges::find(k_host_words, service, &HostWord::service);
  const std::string_view word = other == std::end(k_host_words) ? service : other->word;
  const bool gov = partition.name == "aws-us-gov";
  const bool both_in_one =
    service == k_both_in_one
    && (partition.name == "aws" || gov || (partition.name == "aws-cn" && !variant.fips));
  const bool all_are_fips = gov && !variant.dual_stack && service != k_both_in_one;
  return fmt::format("{}{}.{}.{}", word, variant.fips && !all_are_fips ? "-fips" : "", region,
                     variant.dual_stack && !both_in_one ? partition.dual_stack_suffix
                                                        : partition.dns_suffix);
}

Result<void> check_variant(const EndpointQuery& query)
{
  const char* wanted = query.variant.fips ? "FIPS" : "dual-stack";
  const char* key = query.variant.fips ? "use_fips_endpoint" : "use_dualstack_endpoint";
  const char* variable =
    query.variant.fips ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT";
  if (!query.custom.empty() && (query.variant.fips || query.variant.dual_stack)) {
    return fail(ErrorKind::config,
                fmt::format("a {} endpoint of AWS is asked for, and {} has an endpoint of its own",
                            wanted, query.service),
                fmt::format("take out {} ({}), or the endpoint: --endpoint-url, AWS_ENDPOINT_URL, "
                            "endpoint_url",
                            variable, key));
  }
  if (is_s3(query.service) && query.variant.fips && partition_of(query.region).name == "aws-cn") {
    return fail(ErrorKind::config, "S3 has no FIPS endpoints in China",
                fmt::format("take out {} ({})", variable, key));
  }
  return {};
}

} // namespace

Endpoint service_endpoint(std::string_view service, std::string_view region, Variant variant)
{
  if (is_global_sts(service, region, variant)) {
    return {.host = "sts.amazonaws.com", .signing_region = "us-east-1"};
  }
  return {.host =
            is_s3(service) ? s3_host(service, region, variant) : host_of(service, region, variant)};
}

Result<Endpoint> find_endpoint(const EndpointQuery& query)
{
  if (const auto possible = check_variant(query); !possible) {
    return tl::unexpected(possible.error());
  }
  return query.custom.empty() ? service_endpoint(query.service, query.region, query.variant)
                              : parse_endpoint(query.custom, query.allow_http);
}

} // namespace flame::aws
