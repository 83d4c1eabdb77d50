#include "boot/status_reader.hpp"

#include "fleet/store.hpp"

namespace flame::boot {
namespace {

constexpr std::size_t k_longest_status = 64UL * 1024; // a dozen lines are usual

} // namespace

bool is_not_there(const aws::ApiError& error)
{
  constexpr int k_forbidden = 403;
  constexpr int k_not_found = 404;
  return error.http_status == k_not_found || error.http_status == k_forbidden;
}

aws::Outcome<std::string> read_status(aws::S3Api& s3, const aws::S3Object& folder,
                                      const std::string& instance_id, aws::CallLimit limit)
{
  const aws::S3Object status{.bucket = folder.bucket,
                             .key = fleet::machine_keys(folder.key, instance_id).status};
  auto text = s3.get(status, k_longest_status, limit);
  return !text && is_not_there(text.error()) ? std::string() : std::move(text);
}

} // namespace flame::boot
