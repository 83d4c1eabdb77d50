#pragma once

#include "sandbox/ec2_types.hpp"
#include "sandbox/signature.hpp"

#include <map>
#include <string>

// S3 on a folder: each subfolder is a bucket, each file in it an object. What a file cannot say of
// itself is beside the buckets, in the folder .s3, where tests may write it too:
//   .s3/buckets/BUCKET         rules of a bucket, one a line: requester-pays, versions, moved
//   .s3/about/BUCKET/KEY       headers of an object, "name: value" a line
//   .s3/versions/BUCKET/KEY/ID what the object was, and is
//   .s3/uploads/ID/            parts of uploads that are not complete
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

// Path style, and virtual-hosted style with `bucket.localhost`. The key of a form is its field.
S3Name s3_name(const Request& request);
// "GetObject", "UploadPart"; "OPTIONSObject" of what S3 does not have.
std::string s3_action(const Request& request, const S3Name& name);
std::string region_of(const S3Store& store, const std::string& bucket);

// Whether the region's own endpoint says 301 to requests for another one, as that of an older
// bucket does; else it is 400.
bool is_moved(const S3Store& store, const std::string& bucket);

// The request is believed already. Errors are S3's XML; a HEAD's have no body.
Reply serve_s3(const Request& request, const S3Name& name, const S3Store& store, Seconds now);
Reply s3_error_reply(const Ec2Error& error, const std::string& request_id);
Reply s3_error_reply(const Ec2Error& error, const std::string& request_id, const Params& extra);

// A form posted to a bucket says who posts it in its fields, not in its headers.
bool is_form(const Request& request);
Verdict verify_form(const Request& request, const Keyring& keys,
                    std::span<const std::string> regions, Seconds now);

// "bytes=0-9" of `size` bytes. Unsatisfiable: length 0. nullopt: no single range, serve it whole.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size);

} // namespace flame::sandbox
