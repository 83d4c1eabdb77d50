#pragma once

#include "aws/s3_api.hpp"

#include <string>

// What machines of a boot say of themselves through its store: stage lines as on a console, in one
// object a machine, which it writes anew at each stage.
namespace flame::boot {

// That an object of a store, which can be read, has not been written yet. S3 says 403 and not 404
// to whoever may not list the bucket, which nobody needs for a boot. Source: S3 API Reference,
// GetObject, "Permissions".
bool is_not_there(const aws::ApiError& error);

// The text so far, "" while it has written nothing. `folder` is a boot's own: its key is a
// fleet::boot_prefix().
aws::Outcome<std::string> read_status(aws::S3Api& s3, const aws::S3Object& folder,
                                      const std::string& instance_id, aws::CallLimit limit);

} // namespace flame::boot
