#pragma once

#include "aws/ec2_api.hpp"
#include "aws/s3.hpp"
#include "aws/s3_form.hpp"
#include "aws/s3_xml.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// S3 as the deciding rooms see it. The real one is client/s3_client, a recorded one is
// tests/support/fake_s3.
namespace flame::aws {

struct S3Head {
  std::uint64_t size = 0;
  std::string etag = {};       // with its quotes
  std::string version_id = {}; // "" in a bucket without versions
  std::string sha256 = {};     // of the whole object, hex, by S3 or by us who put it; "" for none
  std::string storage_class = {}; // "" is STANDARD
  std::string archive = {};       // the tier of INTELLIGENT_TIERING that it lies in; "" for none
  std::string restore = {};       // how far an archived object is fetched back
};

struct S3Put {
  bool only_new = false;   // 412 when there is one already
  bool encrypted = false;  // ask for SSE-S3 whatever the bucket does by itself
  std::string sha256 = {}; // raw; kept with the object; S3 checks it, but not of an upload in parts
};

// A bucket may be in any Region: the first answer tells, and what follows goes there. Whether who
// reads of it has to pay shows so too, and is agreed to. Calls retry as the SDKs do.
class S3Api {
public:
  S3Api() = default;
  S3Api(const S3Api&) = delete;
  S3Api& operator=(const S3Api&) = delete;
  virtual ~S3Api() = default;

  virtual Outcome<S3Head> head(const S3Object& object, CallLimit limit) = 0;
  // At most `longest` bytes, else an error of class answer.
  virtual Outcome<std::string> get(const S3Object& object, std::size_t longest,
                                   CallLimit limit) = 0;
  // Of many objects, in their order, each as by get(). One after another, unless the client can do
  // better.
  virtual std::vector<Outcome<std::string>> get_all(std::span<const S3Object> objects,
                                                    std::size_t longest, CallLimit limit)
  {
    std::vector<Outcome<std::string>> all;
    for (const S3Object& object : objects) {
      all.push_back(get(object, longest, limit));
    }
    return all;
  }
  virtual Outcome<void> put(const S3Object& object, std::string bytes, const S3Put& how,
                            CallLimit limit) = 0;
  virtual Outcome<void> remove(const S3Object& object, CallLimit limit) = 0;
  // All objects below `folder`, all pages.
  virtual Outcome<std::vector<S3Entry>> list(const S3Object& folder, CallLimit limit) = 0;

  // An upload in parts: begun, each part (from 1, at least 5 MiB but for the last), then completed
  // or given up.
  virtual Outcome<std::string> begin_upload(const S3Object& object, const S3Put& how,
                                            CallLimit limit) = 0; // its id
  virtual Outcome<std::string> put_part(const S3Object& object, const std::string& upload, int part,
                                        std::string bytes, CallLimit limit) = 0; // its ETag
  virtual Outcome<void> complete_upload(const S3Object& object, const std::string& upload,
                                        std::span<const std::pair<int, std::string>> parts,
                                        const S3Put& how, CallLimit limit) = 0;
  virtual Outcome<void> abort_upload(const S3Object& object, const std::string& upload,
                                     CallLimit limit) = 0;

  // The bucket's Region as far as it is known: what an answer has said, else the client's own.
  virtual std::string region(const std::string& bucket) const = 0;
  // Whether an answer has shown that who reads of the bucket pays for it.
  virtual bool pays(const std::string& bucket) const = 0;
  // Where the object is, for who signs it himself: with its version, and that he pays if so.
  virtual Result<std::string> address(const S3Object& object) const = 0;
  // Signed with the credentials of now, for the bucket's Region; `now` is AWS's clock. Both are
  // secrets. They live no longer than the credentials: see presign_lifetime().
  virtual Result<std::string> presigned_get(const S3Object& object, Seconds now,
                                            std::chrono::seconds lifetime) = 0;
  virtual Result<S3Form> form(const std::string& bucket, const std::string& prefix,
                              std::uint64_t longest, Seconds now,
                              std::chrono::seconds lifetime) = 0;
};

} // namespace flame::aws
