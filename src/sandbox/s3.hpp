#pragma once

#include "sandbox/ec2_types.hpp"

#include <map>
#include <string>

// S3 on a folder: each subfolder is a bucket, each file in it an object. GET and HEAD.
namespace flame::sandbox {

struct S3Store {
  std::string folder = {};
  std::string region = {};                         // of all other buckets
  std::map<std::string, std::string> regions = {}; // of some
};

struct S3Name {
  std::string bucket = {}; // "" for the service itself
  std::string key = {};    // decoded; "" for the bucket itself
};

// Path style, and virtual-hosted style with `bucket.localhost`.
S3Name s3_name(const Request& request);
std::string s3_action(const Request& request, const S3Name& name); // "GetObject"
std::string region_of(const S3Store& store, const std::string& bucket);

// The request is believed already. Errors are S3's XML; a HEAD's have no body.
Reply serve_s3(const Request& request, const S3Name& name, const S3Store& store);
Reply s3_error_reply(const Ec2Error& error, const std::string& request_id);
Reply s3_error_reply(const Ec2Error& error, const std::string& request_id, const Params& extra);

// "bytes=0-9" of `size` bytes. Unsatisfiable: length 0. nullopt: no single range, serve it whole.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size);

} // namespace flame::sandbox
