#pragma once

#include "aws/endpoints.hpp"
#include "aws/sigv4.hpp"

#include <string>
#include <string_view>

// S3's names and addresses. Pure.
namespace flame::aws {

// Where S3 is, and how a bucket is named there.
struct S3Place {
  enum class Addressing {
    automatic, // as host where AWS's certificates and the endpoint allow it
    path,
    host // but for names that can be none
  };
  std::string region = {};
  std::string custom = {}; // URL; "" for AWS's own endpoint
  Variant variant = {};
  bool allow_http = false;
  Addressing addressing = Addressing::automatic;
};

struct S3Object {
  std::string bucket = {};     // or the ARN of an access point
  std::string key = {};        // not escaped; may begin with '/'
  std::string version_id = {}; // from "?versionId="
};

// "s3://bucket/key", "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/name/key". Kind config for
// what is none, a bucket name that S3 cannot have, an empty key.
Result<S3Object> parse_s3_url(std::string_view url);

// "s3://bucket/prefix/" or "s3://bucket": the key is "" or ends in '/'. Kind config, as above.
Result<S3Object> parse_s3_folder(std::string_view url);
std::string describe(const S3Object& object); // as it is written for people, with its version

// A request for the object, or for the bucket itself when the key is "", unsigned: virtual-host
// style at AWS, path style for bucket names with dots or upper case and for custom endpoints on IP
// addresses and loopback names. Kind config for an endpoint that find_endpoint() refuses.
Result<Request> s3_request(std::string_view method, const S3Object& object, const S3Place& place);

// Adds to the query what S3 takes there: "uploadId", "x-amz-request-payer".
void add_query(Request& request, std::string_view name, std::string_view value);

// The region that such a request is signed for: that of an access point, else the place's.
std::string s3_region(const S3Object& object, const S3Place& place);

// Where an answer of S3 says that the bucket is: by its header x-amz-bucket-region, which HEAD has
// whatever its status, else by <Region> of its body. "" when it says nothing that is a region.
std::string bucket_region(std::string_view header, std::string_view body);

} // namespace flame::aws
