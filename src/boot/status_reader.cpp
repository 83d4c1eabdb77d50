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

std::vector<aws::Outcome<std::string>> read_statuses(aws::S3Api& s3, const aws::S3Object& folder,
                                                     std::span<const std::string> instance_ids,
                                                     aws::CallLimit limit)
{
  std::vector<aws::S3Object> objects;
  for (const std::string& id : instance_ids) {
    objects.push_back({.bucket = folder.bucket, .key = fleet::machine_keys(folder.key, id).status});
  }
  auto texts = s3.get_all(objects, k_longest_status, limit);
  for (aws::Outcome<std::string>& text : texts) {
    if (!text && is_not_there(text.error())) {
      text = std::string();
    }
  }
  return texts;
}

} // namespace flame::boot
