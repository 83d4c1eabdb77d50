#include "client/s3_headers.hpp"

#include "base/encoding.hpp"

#include <algorithm>
#include <charconv>

namespace flame::client {
namespace {

// Of a digest that S3 has not made: of what comes in parts it makes none.
constexpr const char* k_our_sha256 = "x-amz-meta-flame-ec2-sha256";

bool is_sha256(std::string_view hex)
{
  return hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The digest of the whole object, as hex; one of its parts ("…-3") is none.
std::string sha256_in(const aws::Headers& headers)
{
  const bool composite = header_in(headers, "x-amz-checksum-type") == "COMPOSITE";
  const auto raw = from_base64(header_in(headers, "x-amz-checksum-sha256"));
  if (!composite && raw && raw->size() == 32) {
    return to_hex(*raw);
  }
  std::string ours = header_in(headers, k_our_sha256);
  return is_sha256(ours) ? ours : "";
}

} // namespace

std::string header_in(const aws::Headers& headers, std::string_view name)
{
  const auto found = std::ranges::find(headers, name, &aws::Headers::value_type::first);
  return found == headers.end() ? "" : found->second;
}

aws::S3Head head_in(const aws::Headers& headers)
{
  aws::S3Head head{.etag = header_in(headers, "etag"),
                   .version_id = header_in(headers, "x-amz-version-id"),
                   .sha256 = sha256_in(headers),
                   .storage_class = header_in(headers, "x-amz-storage-class"),
                   .archive = header_in(headers, "x-amz-archive-status"),
                   .restore = header_in(headers, "x-amz-restore")};
  const std::string size = header_in(headers, "content-length");
  std::from_chars(size.data(), size.data() + size.size(), head.size);
  if (head.version_id == "null") { // of before the bucket had versions
    head.version_id.clear();
  }
  return head;
}

aws::Headers put_headers(const aws::S3Put& how)
{
  aws::Headers headers;
  if (how.only_new) {
    headers.emplace_back("if-none-match", "*");
  }
  if (how.encrypted) {
    headers.emplace_back("x-amz-server-side-encryption", "AES256");
  }
  if (!how.sha256.empty()) {
    headers.emplace_back("x-amz-checksum-sha256", to_base64(how.sha256));
    headers.emplace_back(k_our_sha256,
                         to_hex(how.sha256)); // not all that is like S3 keeps the other
  }
  return headers;
}

aws::Headers upload_headers(const aws::S3Put& how)
{
  aws::Headers headers = put_headers({.encrypted = how.encrypted});
  if (!how.sha256.empty()) {
    headers.emplace_back(k_our_sha256, to_hex(how.sha256));
  }
  return headers;
}

} // namespace flame::client
