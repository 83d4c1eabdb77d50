#include "cli/signed_urls.hpp"

#include "aws/sigv4.hpp"

#include <fmt/format.h>

namespace flame::cli {

using std::chrono::seconds;

Result<std::string> SignedUrls::get(const aws::S3Object& object, Seconds now, seconds wanted)
{
  const auto credentials = cloud_.ec2().credentials();
  if (!credentials) {
    return tl::unexpected(credentials.error());
  }
  const seconds lifetime = aws::presign_lifetime(wanted, now, *credentials);
  if (lifetime > seconds(0) && lifetime < wanted && !std::exchange(warned_, true)) {
    console_.warn(fmt::format("the URL of the bundle ends in {}, and the bootstrap may take {}",
                              format_duration(lifetime), format_duration(wanted)));
  }
  auto url = cloud_.s3().presigned_get(object, now, wanted);
  if (url && hide_) {
    hide_(*url);
  }
  return url;
}

Result<boot::Fetch> SignedUrls::fetch(const boot::Reached& reached, Seconds now, seconds wanted)
{
  boot::Fetch fetch = reached.fetch;
  for (boot::FetchFile& file : fetch.files) {
    auto url = get({.bucket = reached.object.bucket, .key = file.url}, now, wanted);
    if (!url) {
      return tl::unexpected(url.error());
    }
    file.url = std::move(*url);
  }
  const bool found = !fetch.files.empty() || !fetch.carried.empty();
  if (found || !fetch.url.empty() || reached.object.bucket.empty()) {
    return fetch;
  }
  return get(reached.object, now, wanted).map([&](std::string url) {
    fetch.url = std::move(url);
    return std::move(fetch);
  });
}

} // namespace flame::cli
