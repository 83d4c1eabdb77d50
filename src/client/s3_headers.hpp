#pragma once

#include "aws/s3_api.hpp"

#include <string>
#include <string_view>

// What headers of S3's answers say, and those of PutObject and CreateMultipartUpload. Pure.
namespace flame::client {

std::string header_in(const aws::Headers& headers, std::string_view name); // "": it is not there
aws::S3Head head_in(const aws::Headers& headers);
aws::Headers put_headers(const aws::S3Put& how);
aws::Headers upload_headers(const aws::S3Put& how); // only_new is said when it is completed

} // namespace flame::client
