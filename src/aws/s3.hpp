#pragma once

#include "aws/endpoints.hpp"
#include "aws/sigv4.hpp"

#include <optional>
#include <string>
#include <string_view>

// S3's names and addresses. Pure.
namespace flame::aws {

struct S3Object {
  std::string bucket = {};
  std::string key = {};        // not escaped; may begin with '/'
  std::string version_id = {}; // from "?versionId="
};

// "s3://bucket/key". Kind config for what is none, a bucket name that S3 cannot have, an empty key.
Result<S3Object> parse_s3_url(std::string_view url);

// A request for the object, unsigned: virtual-host style at AWS, path style for bucket names with
// dots or upper case and for custom endpoints on IP addresses and loopback names.
Request s3_request(std::string_view method, const S3Object& object, std::string_view region,
                   const std::optional<Endpoint>& custom);

} // namespace flame::aws
