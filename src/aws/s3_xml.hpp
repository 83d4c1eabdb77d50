#pragma once

#include "aws/ec2_errors.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// S3's answers and the one body that is XML. Pure. Errors are read by parse_error() of ec2_xml.
//
// Source: Amazon S3 API Reference, ListObjectsV2, CreateMultipartUpload, CompleteMultipartUpload.
namespace flame::aws {

struct S3Entry {
  std::string key = {}; // decoded
  std::uint64_t size = 0;
  std::string etag = {}; // with its quotes
  std::string storage_class = {};
};

struct S3Page {
  std::vector<S3Entry> entries = {};
  std::string next_token = {}; // "" on the last page
};

// A page that was asked for with encoding-type=url.
Outcome<S3Page> parse_s3_page(std::string_view xml);
Outcome<std::string> parse_upload_id(std::string_view xml);

// S3 sends the status of a success before it knows; an error may come as its document.
Outcome<void> parse_completed(std::string_view xml);

// Numbers and ETags of the parts, in order.
std::string completed_upload(std::span<const std::pair<int, std::string>> parts);

} // namespace flame::aws
