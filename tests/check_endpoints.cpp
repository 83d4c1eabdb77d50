// check_endpoints: reads queries, a line each, and prints for each the URL or "error", for a second
// opinion. The fields are separated by tabs: service, region, variants ("fips dual global"), URL of
// a custom endpoint, and for S3 a bucket and its addressing ("auto", "path", "virtual").

#include "aws/endpoints.hpp"
#include "aws/s3.hpp"
#include "base/text.hpp"

#include <iostream>
#include <string>

namespace {

using flame::aws::S3Place;

std::string url_of_bucket(const flame::aws::EndpointQuery& query, const std::string& bucket,
                          const std::string& addressing)
{
  const S3Place place{.region = query.region,
                      .custom = query.custom,
                      .variant = query.variant,
                      .allow_http = query.allow_http,
                      .addressing = addressing == "path"      ? S3Place::Addressing::path
                                    : addressing == "virtual" ? S3Place::Addressing::host
                                                              : S3Place::Addressing::automatic};
  const auto object = flame::aws::parse_s3_url("s3://" + bucket + "/k");
  const auto request =
    object.and_then([&](const auto& it) { return s3_request("GET", it, place); });
  if (!request) {
    return "error";
  }
  const std::string url = url_of(*request);
  return url.substr(0, url.size() - 2) + ' ' + s3_region(*object, place);
}

std::string answer(const std::string& line)
{
  const std::vector<std::string> fields = flame::split(line, '\t');
  if (fields.size() != 6) {
    return "not six fields";
  }
  const auto has = [&](std::string_view word) { return fields[2].find(word) != std::string::npos; };
  const flame::aws::EndpointQuery query{
    .service = fields[0],
    .region = fields[1],
    .custom = fields[3],
    .variant = {.fips = has("fips"), .dual_stack = has("dual"), .global_sts = has("global")},
    .allow_http = true};
  if (!fields[4].empty()) {
    return url_of_bucket(query, fields[4], fields[5]);
  }
  const auto endpoint = find_endpoint(query);
  return !endpoint
           ? "error"
           : url_of(*endpoint) + ' '
               + (endpoint->signing_region.empty() ? query.region : endpoint->signing_region);
}

} // namespace

int main()
{
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(line) << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}
