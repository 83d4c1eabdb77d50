#pragma once

#include "sandbox/s3_folder.hpp"

// S3's actions, one function each; s3.cpp has their table. The bucket is there.
namespace flame::sandbox {

struct S3Call {
  const Request& request;
  const S3Name& name;
  const S3Store& store;
  Seconds now = {};
};

Reply get_object(const S3Call& call); // and HEAD
Reply put_object(const S3Call& call);
Reply delete_object(const S3Call& call);
Reply list_objects(const S3Call& call);
Reply create_upload(const S3Call& call);
Reply upload_part(const S3Call& call);
Reply complete_upload(const S3Call& call);
Reply abort_upload(const S3Call& call);
Reply post_object(const S3Call& call);

Reply refused(const Ec2Error& error);
Reply refused(std::string code, std::string message, int status, const Params& extra = {});
Reply no_such_key(const std::string& key);
std::string query_of(const Request& request, std::string_view name); // "" when it is not there
bool asks(const Request& request, std::string_view name);            // has the parameter
std::optional<std::uint64_t> number(std::string_view text);

// What is kept of a request that writes: encryption, class, checksums, metadata.
HeaderList kept_headers(const HeaderList& headers);
// nullptr, or why the body is not what its x-amz-checksum-sha256 says.
std::optional<Reply> wrong_checksum(const HeaderList& headers, std::string_view body);
std::string etag_of(std::string_view bytes); // of a part

} // namespace flame::sandbox
