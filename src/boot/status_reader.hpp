#pragma once

#include "aws/s3_api.hpp"

#include <span>
#include <string>
#include <vector>

// What machines of a boot say of themselves through its store: stage lines as on a console, in one
// object a machine, which it writes anew at each stage.
namespace flame::boot {

// That an object of a store, which can be read, has not been written yet. S3 says 403 and not 404
// to whoever may not list the bucket, which nobody needs for a boot. Source: S3 API Reference,
// GetObject, "Permissions".
bool is_not_there(const aws::ApiError& error);

// The text of each machine so far, in their order, "" while it has written nothing. `folder` is a
// boot's own: its key is a fleet::boot_prefix().
std::vector<aws::Outcome<std::string>> read_statuses(aws::S3Api& s3, const aws::S3Object& folder,
                                                     std::span<const std::string> instance_ids,
                                                     aws::CallLimit limit);

} // namespace flame::boot
