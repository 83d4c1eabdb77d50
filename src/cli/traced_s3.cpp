#include "cli/traced_s3.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {

using aws::CallLimit;
using aws::Outcome;
using aws::S3Object;

// The call, and a line about its outcome and time.
template <typename Call>
auto TracedS3::said(std::string_view action, const S3Object& object, const Call& call)
{
  console_.trace(fmt::format("{} {}", action, aws::describe(object)));
  const TimePoint start = clock_.now();
  auto outcome = call();
  const auto took = std::chrono::duration_cast<Millis>(clock_.now() - start).count();
  if (outcome) {
    console_.detail(fmt::format("S3 {} answered after {} ms", action, took));
  } else {
    const Error& why = outcome.error().error;
    console_.detail(fmt::format("S3 {} failed after {} ms: {}", action, took,
                                why.aws_code.empty() ? why.message : why.aws_code));
  }
  return outcome;
}

Outcome<aws::S3Head> TracedS3::head(const S3Object& object, CallLimit limit)
{
  return said("HeadObject", object, [&] { return s3_.head(object, limit); });
}

Outcome<std::string> TracedS3::get(const S3Object& object, std::size_t longest, CallLimit limit)
{
  return said("GetObject", object, [&] { return s3_.get(object, longest, limit); });
}

// One line for all of them.
std::vector<Outcome<std::string>> TracedS3::get_all(std::span<const S3Object> objects,
                                                    std::size_t longest, CallLimit limit)
{
  for (const S3Object& object : objects) {
    console_.trace(fmt::format("GetObject {}", aws::describe(object)));
  }
  const TimePoint start = clock_.now();
  auto all = s3_.get_all(objects, longest, limit);
  const auto took = std::chrono::duration_cast<Millis>(clock_.now() - start).count();
  const auto had = std::ranges::count_if(all, &Outcome<std::string>::has_value);
  console_.detail(
    fmt::format("S3 GetObject gave {} of {} objects after {} ms", had, all.size(), took));
  return all;
}

Outcome<void> TracedS3::put(const S3Object& object, std::string bytes, const aws::S3Put& how,
                            CallLimit limit)
{
  return said("PutObject", object, [&] { return s3_.put(object, std::move(bytes), how, limit); });
}

Outcome<void> TracedS3::remove(const S3Object& object, CallLimit limit)
{
  return said("DeleteObject", object, [&] { return s3_.remove(object, limit); });
}

Outcome<std::vector<aws::S3Entry>> TracedS3::list(const S3Object& folder, CallLimit limit)
{
  return said("ListObjectsV2", folder, [&] { return s3_.list(folder, limit); });
}

Outcome<std::string> TracedS3::begin_upload(const S3Object& object, const aws::S3Put& how,
                                            CallLimit limit)
{
  return said("CreateMultipartUpload", object,
              [&] { return s3_.begin_upload(object, how, limit); });
}

Outcome<std::string> TracedS3::put_part(const S3Object& object, const std::string& upload, int part,
                                        std::string bytes, CallLimit limit)
{
  return said("UploadPart", object,
              [&] { return s3_.put_part(object, upload, part, std::move(bytes), limit); });
}

Outcome<void> TracedS3::complete_upload(const S3Object& object, const std::string& upload,
                                        std::span<const std::pair<int, std::string>> parts,
                                        const aws::S3Put& how, CallLimit limit)
{
  return said("CompleteMultipartUpload", object,
              [&] { return s3_.complete_upload(object, upload, parts, how, limit); });
}

Outcome<void> TracedS3::abort_upload(const S3Object& object, const std::string& upload,
                                     CallLimit limit)
{
  return said("AbortMultipartUpload", object,
              [&] { return s3_.abort_upload(object, upload, limit); });
}

} // namespace flame::cli
