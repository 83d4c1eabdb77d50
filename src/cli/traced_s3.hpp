#pragma once

#include "aws/s3_api.hpp"
#include "cli/console.hpp"

#include <string>

// S3 whose calls are said when the user wants details. Contents and addresses are never said.
namespace flame::cli {

class TracedS3 : public aws::S3Api {
public:
  // All outlive it.
  TracedS3(aws::S3Api& s3, const Clock& clock, Console& console)
    : s3_(s3), clock_(clock), console_(console)
  {
  }

  aws::Outcome<aws::S3Head> head(const aws::S3Object& object, aws::CallLimit limit) override;
  aws::Outcome<std::string> get(const aws::S3Object& object, std::size_t longest,
                                aws::CallLimit limit) override;
  std::vector<aws::Outcome<std::string>> get_all(std::span<const aws::S3Object> objects,
                                                 std::size_t longest,
                                                 aws::CallLimit limit) override;
  aws::Outcome<void> put(const aws::S3Object& object, std::string bytes, const aws::S3Put& how,
                         aws::CallLimit limit) override;
  aws::Outcome<void> remove(const aws::S3Object& object, aws::CallLimit limit) override;
  aws::Outcome<std::vector<aws::S3Entry>> list(const aws::S3Object& folder,
                                               aws::CallLimit limit) override;
  aws::Outcome<std::string> begin_upload(const aws::S3Object& object, const aws::S3Put& how,
                                         aws::CallLimit limit) override;
  aws::Outcome<std::string> put_part(const aws::S3Object& object, const std::string& upload,
                                     int part, std::string bytes, aws::CallLimit limit) override;
  aws::Outcome<void> complete_upload(const aws::S3Object& object, const std::string& upload,
                                     std::span<const std::pair<int, std::string>> parts,
                                     const aws::S3Put& how, aws::CallLimit limit) override;
  aws::Outcome<void> abort_upload(const aws::S3Object& object, const std::string& upload,
                                  aws::CallLimit limit) override;
  std::string region(const std::string& bucket) const override { return s3_.region(bucket); }
  bool pays(const std::string& bucket) const override { return s3_.pays(bucket); }
  Result<std::string> address(const aws::S3Object& object) const override
  {
    return s3_.address(object);
  }
  Result<std::string> presigned_get(const aws::S3Object& object, Seconds now,
                                    std::chrono::seconds lifetime) override
  {
    return s3_.presigned_get(object, now, lifetime);
  }
  Result<aws::S3Form> form(const std::string& bucket, const std::string& prefix,
                           std::uint64_t longest, Seconds now,
                           std::chrono::seconds lifetime) override
  {
    return s3_.form(bucket, prefix, longest, now, lifetime);
  }

private:
  template <typename Call>
  auto said(std::string_view action, const aws::S3Object& object, const Call& call);

  aws::S3Api& s3_;
  const Clock& clock_;
  Console& console_;
};

} // namespace flame::cli
