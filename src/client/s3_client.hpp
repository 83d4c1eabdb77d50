#pragma once

#include "aws/s3_api.hpp"
#include "client/service.hpp"

#include <memory>

// S3 over HTTP. Goes where a bucket is by what S3 says of it, and follows no redirect.
namespace flame::client {

// `place` is where buckets are that have not said otherwise. `options.endpoint` is only named in
// messages.
std::unique_ptr<aws::S3Api> make_s3_client(ClientOptions options, ClientParts parts,
                                           aws::S3Place place);

} // namespace flame::client
