#include "aws/endpoints.hpp"
#include "aws/s3.hpp"
#include "base/encoding.hpp"
#include "base/url.hpp"
#include "fuzz_check.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace flame;
using namespace flame::aws;

namespace {

// What an endpoint is read from, it is written to.
void check_endpoint(std::string_view text)
{
  const auto endpoint = parse_endpoint(text, true);
  if (!endpoint) {
    FUZZ_CHECK(endpoint.error().kind == ErrorKind::config);
    FUZZ_CHECK(!parse_endpoint(text, false));
    return;
  }
  const std::string written = url_of(*endpoint);
  const auto again = parse_endpoint(written, true);
  FUZZ_CHECK(again);
  FUZZ_CHECK(url_of(*again) == written);
  FUZZ_CHECK(written.find_first_of("?#@\\ ") == std::string::npos
             || written.find_first_of("?#@\\ ") >= written.size() - endpoint->path.size());
}

// The object's address leads back to its bucket and key.
void check_s3(std::string_view text)
{
  const auto object = parse_s3_url(text);
  if (!object) {
    FUZZ_CHECK(object.error().kind == ErrorKind::config);
    return;
  }
  const S3Place place{.region = "us-east-1"};
  const auto request = s3_request("GET", *object, place);
  if (!request) {
    FUZZ_CHECK(object->bucket.starts_with("arn:"));
    return;
  }
  const auto url = split_url(url_of(*request));
  FUZZ_CHECK(url);
  FUZZ_CHECK(url->host == request->host && url->path == request->path);
  const bool access_point = object->bucket.starts_with("arn:");
  const bool in_path = request->host == "s3.us-east-1.amazonaws.com";
  const std::string bucket = in_path ? '/' + object->bucket : std::string();
  FUZZ_CHECK(uri_decode(url->path) == bucket + '/' + object->key);
  FUZZ_CHECK(in_path || access_point
             || request->host == object->bucket + ".s3.us-east-1.amazonaws.com");
  FUZZ_CHECK(check_region(s3_region(*object, place)));
}

// Whatever a region is called, all its addresses stay below a domain of AWS.
void check_region_endpoints(std::string_view region)
{
  for (unsigned bits = 0; bits < 8; ++bits) {
    const Variant variant{
      .fips = (bits & 1) != 0, .dual_stack = (bits & 2) != 0, .global_sts = (bits & 4) != 0};
    for (const char* service : {"ec2", "sts", "ssm", "sso", "sso_oidc", "s3", "s3-accesspoint"}) {
      const auto endpoint =
        find_endpoint({.service = service, .region = std::string(region), .variant = variant});
      FUZZ_CHECK(endpoint || partition_of(region).name == "aws-cn");
      if (!endpoint) {
        continue;
      }
      const auto url = split_url(url_of(*endpoint));
      const Partition& partition = partition_of(region);
      FUZZ_CHECK(url && url->scheme == "https" && url->host == endpoint->host);
      FUZZ_CHECK(url->host.ends_with(partition.dns_suffix)
                 || url->host.ends_with(partition.dual_stack_suffix));
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_endpoint(text);
  check_s3(text);
  if (const auto checked = check_region(text); checked) {
    FUZZ_CHECK(split_url(url_of(service_endpoint("ec2", text))));
    check_region_endpoints(text);
  }
  return 0;
}
