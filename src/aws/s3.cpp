#include "aws/s3.hpp"

#include "aws/s3_access_point.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::aws {
namespace {

constexpr std::string_view k_scheme = "s3://";
constexpr std::string_view k_version = "?versionId=";
constexpr std::size_t k_longest_key = 1024; // bytes
constexpr std::size_t k_longest_old_bucket = 255;

bool is_lower_or_digit(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Buckets that us-east-1 took until 2018 may have upper case and '_'; only their length is wider.
bool is_bucket_letter(char c)
{
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

bool looks_like_ipv4(std::string_view name)
{
  const std::vector<std::string> pieces = split(name, '.');
  return pieces.size() == 4 && std::ranges::all_of(pieces, [](const std::string& piece) {
           return !piece.empty() && piece.find_first_not_of("0123456789") == std::string::npos;
         });
}

// "" when S3 can have such a bucket.
std::string_view wrong_with_bucket(std::string_view name)
{
  if (name.empty()) {
    return "is empty";
  }
  if (!std::ranges::all_of(name, is_bucket_letter)) {
    return "has letters that no bucket has";
  }
  if (name.size() < 3 || name.size() > k_longest_old_bucket) {
    return "is not 3 to 63 letters long";
  }
  if (name.ends_with("--x-s3")) {
    return "is a directory bucket, which needs sessions that flame-ec2 does not make";
  }
  const bool bad_end =
    name.starts_with('.') || name.ends_with('.') || name.starts_with('-') || name.ends_with('-');
  if (bad_end || name.find("..") != std::string_view::npos || looks_like_ipv4(name)) {
    return "is not a name that S3 gives";
  }
  return {};
}

bool is_arn(std::string_view bucket)
{
  return bucket.starts_with("arn:");
}

// The name of an access point stands behind a '/' or a ':'.
std::size_t end_of_bucket(std::string_view rest)
{
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const bool goes_on = is_arn(rest) && rest.substr(0, slash).ends_with(":accesspoint");
  return goes_on ? std::min(rest.find('/', slash + 1), rest.size()) : slash;
}

tl::unexpected<Error> bad_url(std::string_view url, std::string_view why)
{
  return fail(ErrorKind::config, fmt::format("the S3 URL \"{}\" {}", url, why),
              "write it as s3://bucket/path/to/object");
}

// The key may be "".
Result<S3Object> parse_any(std::string_view url)
{
  if (!is_valid_utf8(url)
      || std::ranges::any_of(url, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; })) {
    return fail(ErrorKind::config, "the S3 URL holds control characters or is not UTF-8");
  }
  if (!url.starts_with(k_scheme)) {
    return bad_url(url, "does not start with s3://");
  }
  const std::string_view rest = url.substr(k_scheme.size());
  const std::size_t slash = end_of_bucket(rest);
  S3Object object{.bucket = std::string(rest.substr(0, slash))};
  if (is_arn(object.bucket)) {
    if (!parse_access_point(object.bucket)) {
      return bad_url(url, "has an ARN that is of no access point of S3");
    }
  } else if (const std::string_view wrong = wrong_with_bucket(object.bucket); !wrong.empty()) {
    return bad_url(url, fmt::format("has a bucket name that {}", wrong));
  }
  std::string_view key = rest.substr(std::min(slash + 1, rest.size()));
  if (const std::size_t version = key.rfind(k_version); version != std::string_view::npos) {
    object.version_id = uri_decode(key.substr(version + k_version.size()));
    key = key.substr(0, version);
    if (object.version_id.empty()) {
      return bad_url(url, "has an empty versionId");
    }
  }
  if (key.size() > k_longest_key) {
    return bad_url(url,
                   fmt::format("has a key of {} bytes; S3 takes {}", key.size(), k_longest_key));
  }
  object.key = key;
  return object;
}

} // namespace

Result<S3Object> parse_s3_url(std::string_view url)
{
  Result<S3Object> object = parse_any(url);
  if (object && object->key.empty()) {
    return bad_url(url, "names no object");
  }
  return object;
}

Result<S3Object> parse_s3_folder(std::string_view url)
{
  Result<S3Object> folder = parse_any(url);
  if (folder && !folder->version_id.empty()) {
    return bad_url(url, "has a versionId, which no folder has");
  }
  if (folder && !folder->key.empty() && !folder->key.ends_with('/')) {
    folder->key += '/';
  }
  return folder;
}

std::string describe(const S3Object& object)
{
  return fmt::format("s3://{}/{}{}{}", object.bucket, object.key,
                     object.version_id.empty() ? "" : k_version, object.version_id);
}

void add_query(Request& request, std::string_view name, std::string_view value)
{
  request.query +=
    fmt::format("{}{}={}", request.query.empty() ? "" : "&", uri_encode(name), uri_encode(value));
}

} // namespace flame::aws
