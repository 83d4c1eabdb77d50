#include "aws/ec2_xml.hpp"
#include "aws/s3.hpp"
#include "aws/s3_access_point.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

// Where an object is. Source: botocore/data/s3/2006-03-01/endpoint-rule-set-1.json.
namespace flame::aws {
namespace {

using Addressing = S3Place::Addressing;

constexpr std::size_t k_longest_label = 63; // of a host, and of a bucket since 2018
constexpr std::size_t k_account_digits = 12;

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool is_lower_or_digit(char c)
{
  return (c >= 'a' && c <= 'z') || is_digit(c);
}

bool is_dns_label(std::string_view name)
{
  return !name.empty() && name.size() <= k_longest_label && !name.starts_with('-')
         && !name.ends_with('-')
         && std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

// One label stands under AWS's wildcard certificate; more of them only where TLS is not asked.
bool fits_host(std::string_view bucket, const Endpoint& endpoint)
{
  if (endpoint.scheme == "https") {
    return is_dns_label(bucket);
  }
  const auto labels = split(bucket, '.');
  return bucket.size() <= k_longest_label && std::ranges::all_of(labels, is_dns_label);
}

bool is_in_path(std::string_view bucket, const Endpoint& endpoint, Addressing addressing)
{
  const std::string_view name = std::string_view(endpoint.host).substr(0, endpoint.host.rfind(':'));
  const bool is_name_of_loopback = name == "localhost" || name.ends_with(".localhost");
  const bool no_names_below = is_address_or_loopback(endpoint.host)
                              && !(addressing == Addressing::host && is_name_of_loopback);
  return addressing == Addressing::path || no_names_below || !fits_host(bucket, endpoint);
}

EndpointQuery query_of(const S3Place& place)
{
  return {.service = "s3",
          .region = place.region,
          .custom = place.custom,
          .variant = place.variant,
          .allow_http = place.allow_http};
}

Result<Request> address_of(const S3Object& object, const S3Place& place)
{
  EndpointQuery query = query_of(place);
  const auto access_point = parse_access_point(object.bucket);
  if (access_point) {
    if (partition_of(access_point->region).name != partition_of(place.region).name) {
      return fail(ErrorKind::config,
                  fmt::format("the access point {} is of another partition than {}", object.bucket,
                              place.region),
                  "credentials are of one partition only; give another bundle or --region");
    }
    query.service = "s3-accesspoint";
    query.region = access_point->region;
  }
  const auto endpoint = find_endpoint(query);
  if (!endpoint) {
    return tl::unexpected(endpoint.error());
  }
  Request request{.scheme = endpoint->scheme, .host = endpoint->host, .path = endpoint->path};
  if (access_point) {
    request.host = fmt::format("{}-{}.{}", access_point->name, access_point->account, request.host);
  } else if (is_in_path(object.bucket, *endpoint, place.addressing)) {
    request.path += '/' + object.bucket;
  } else {
    request.host = fmt::format("{}.{}", object.bucket, request.host);
  }
  return request;
}

} // namespace

std::optional<AccessPoint> parse_access_point(std::string_view arn)
{
  std::string text(arn);
  std::ranges::replace(text, '/', ':');
  const std::vector<std::string> parts = split(text, ':'); // arn aws s3 REGION ACCOUNT kind NAME
  const bool formed =
    parts.size() == 7 && parts[0] == "arn" && parts[2] == "s3" && parts[5] == "accesspoint"
    && check_region(parts[3]) && parts[1] == partition_of(parts[3]).name
    && parts[4].size() == k_account_digits && std::ranges::all_of(parts[4], is_digit)
    && is_dns_label(parts[6]) && parts[6].size() + 1 + k_account_digits <= k_longest_label
    && arn.substr(0, arn.rfind(parts[5])).find('/') == std::string_view::npos;
  if (!formed) {
    return std::nullopt;
  }
  return AccessPoint{.name = parts[6], .region = parts[3], .account = parts[4]};
}

Result<Request> s3_request(std::string_view method, const S3Object& object, const S3Place& place)
{
  return address_of(object, place).map([&](Request request) {
    request.method = method;
    request.path += '/' + uri_encode(object.key, "/");
    if (!object.version_id.empty()) {
      request.query = "versionId=" + uri_encode(object.version_id);
    }
    return request;
  });
}

std::string s3_region(const S3Object& object, const S3Place& place)
{
  const auto access_point = parse_access_point(object.bucket);
  return access_point ? access_point->region : place.region;
}

std::string bucket_region(std::string_view header, std::string_view body)
{
  const std::string region(header.empty() ? parse_text(body, "Error/Region").value_or("") : header);
  return check_region(region) ? region : std::string();
}

} // namespace flame::aws
