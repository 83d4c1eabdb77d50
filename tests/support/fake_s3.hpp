#pragma once

#include "aws/s3_api.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace flame::test {

inline aws::ApiError s3_failure(aws::ErrorClass error_class, std::string code, int status)
{
  aws::ApiError failure{.error_class = error_class, .http_status = status};
  failure.error = {.kind = aws::info(error_class).kind, .message = "S3 says " + code};
  failure.error.aws_code = std::move(code);
  return failure;
}

// Objects in memory, by "bucket/key"; notes each call in a line.
class FakeS3 : public aws::S3Api {
public:
  std::map<std::string, std::string> objects = {};
  std::map<std::string, aws::S3Head> heads = {};     // of some of them
  std::map<std::string, std::string> regions = {};   // of some buckets
  std::set<std::string> payers = {};                 // buckets whose requesters pay
  std::map<std::string, aws::ApiError> refused = {}; // by the first word of a line in `calls`
  std::vector<std::string> calls = {};

  aws::Outcome<aws::S3Head> head(const aws::S3Object& object, aws::CallLimit /*limit*/) override
  {
    const auto found = note("head", object).and_then([&] { return find(object); });
    return found.map([&](const std::string& bytes) {
      const auto known = heads.find(name(object));
      return known != heads.end() ? known->second
                                  : aws::S3Head{.size = bytes.size(),
                                                .etag = "\"1\"",
                                                .sha256 = to_hex(sha256(bytes))};
    });
  }
  aws::Outcome<std::string> get(const aws::S3Object& object, std::size_t longest,
                                aws::CallLimit /*limit*/) override
  {
    return note("get", object)
      .and_then([&] { return find(object); })
      .and_then([&](std::string bytes) {
        return bytes.size() <= longest
                 ? aws::Outcome<std::string>(std::move(bytes))
                 : tl::unexpected(aws::answer_error("GetObject", "is too large"));
      });
  }
  aws::Outcome<void> put(const aws::S3Object& object, std::string bytes, const aws::S3Put& how,
                         aws::CallLimit /*limit*/) override
  {
    return note("put", object).and_then([&]() -> aws::Outcome<void> {
      if (how.only_new && objects.contains(name(object))) {
        return tl::unexpected(s3_failure(aws::ErrorClass::unknown, "PreconditionFailed", 412));
      }
      objects[name(object)] = std::move(bytes);
      return {};
    });
  }
  aws::Outcome<void> remove(const aws::S3Object& object, aws::CallLimit /*limit*/) override
  {
    return note("remove", object).map([&] { objects.erase(name(object)); });
  }
  aws::Outcome<std::vector<aws::S3Entry>> list(const aws::S3Object& folder,
                                               aws::CallLimit /*limit*/) override
  {
    return note("list", folder).map([&] {
      std::vector<aws::S3Entry> entries;
      for (const auto& [key, bytes] : objects) {
        if (key.starts_with(name(folder))) {
          entries.push_back({.key = key.substr(folder.bucket.size() + 1),
                             .size = bytes.size(),
                             .etag = "\"" + to_hex(sha256(bytes)).substr(0, 8) + "\""});
        }
      }
      return entries;
    });
  }
  aws::Outcome<std::string> begin_upload(const aws::S3Object& object, const aws::S3Put& /*how*/,
                                         aws::CallLimit /*limit*/) override
  {
    return note("begin", object).map([] { return std::string("upload-1"); });
  }
  aws::Outcome<std::string> put_part(const aws::S3Object& object, const std::string& /*upload*/,
                                     int part, std::string bytes, aws::CallLimit /*limit*/) override
  {
    return note("part", object).map([&] {
      parts_[part] = std::move(bytes);
      return fmt::format("\"{}\"", part);
    });
  }
  aws::Outcome<void> complete_upload(const aws::S3Object& object, const std::string& /*upload*/,
                                     std::span<const std::pair<int, std::string>> parts,
                                     const aws::S3Put& /*how*/, aws::CallLimit /*limit*/) override
  {
    return note("complete", object).map([&] {
      for (const auto& [number, etag] : parts) {
        objects[name(object)] += parts_[number];
      }
    });
  }
  aws::Outcome<void> abort_upload(const aws::S3Object& object, const std::string& /*upload*/,
                                  aws::CallLimit /*limit*/) override
  {
    return note("abort", object);
  }
  std::string region(const std::string& bucket) const override
  {
    const auto found = regions.find(bucket);
    return found == regions.end() ? "eu-west-1" : found->second;
  }
  bool pays(const std::string& bucket) const override { return payers.contains(bucket); }
  Result<std::string> address(const aws::S3Object& object) const override
  {
    return fmt::format("https://{}?versionId={}{}", name(object), object.version_id,
                       pays(object.bucket) ? "&payer" : "");
  }
  Result<std::string> presigned_get(const aws::S3Object& object, Seconds /*now*/,
                                    std::chrono::seconds lifetime) override
  {
    return fmt::format("https://{}?expires={}{}&X-Amz-Signature=0", name(object), lifetime.count(),
                       pays(object.bucket) ? "&payer" : "");
  }
  Result<aws::S3Form> form(const std::string& bucket, const std::string& prefix,
                           std::uint64_t /*longest*/, Seconds /*now*/,
                           std::chrono::seconds /*lifetime*/) override
  {
    return aws::S3Form{.url = "https://" + bucket + "/", .fields = {{"policy", "for " + prefix}}};
  }

private:
  static std::string name(const aws::S3Object& object) { return object.bucket + "/" + object.key; }
  aws::Outcome<void> note(const std::string& call, const aws::S3Object& object)
  {
    calls.push_back(call + " " + name(object));
    const auto failure = refused.find(call);
    return failure == refused.end() ? aws::Outcome<void>() : tl::unexpected(failure->second);
  }
  aws::Outcome<std::string> find(const aws::S3Object& object) const
  {
    const auto found = objects.find(name(object));
    return found != objects.end()
             ? aws::Outcome<std::string>(found->second)
             : tl::unexpected(s3_failure(aws::ErrorClass::parameter, "NoSuchKey", 404));
  }

  std::map<int, std::string> parts_ = {};
};

} // namespace flame::test
