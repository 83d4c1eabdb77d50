#include "sandbox/s3.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/gate.hpp"
#include "sandbox/random.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace flame::sandbox {
namespace {

namespace fs = std::filesystem;

struct Object {
  std::string path = {};
  std::uint64_t size = 0;
  std::string etag = {}; // with its quotes; not an MD5, as of encrypted objects
  Seconds modified = {};
};

bool is_bucket_name(std::string_view name)
{
  const bool letters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return letters && name.size() >= 3 && name.size() <= 63 && name.find("..") == std::string::npos
         && name.front() != '.' && name.front() != '-';
}

// A key whose path would be another one's, or leave the folder, is no object here.
bool is_plain_key(const std::string& key)
{
  const std::vector<std::string> pieces = split(key, '/');
  return key.find('\0') == std::string::npos && std::ranges::none_of(pieces, [](const auto& piece) {
           return piece.empty() || piece == "." || piece == "..";
         });
}

std::optional<Object> find_object(const fs::path& bucket, const std::string& key)
{
  std::error_code failed;
  const fs::path root = fs::canonical(bucket, failed);
  const fs::path path =
    failed || !is_plain_key(key) ? fs::path() : fs::canonical(root / key, failed);
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  struct stat about = {};
  if (failed || path.empty() || end != root.end() || ::stat(path.c_str(), &about) != 0
      || !S_ISREG(about.st_mode)) {
    return std::nullopt;
  }
  const std::string version = fmt::format("{}/{}/{}/{}", path.string(), about.st_size,
                                          about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
  return Object{.path = path.string(),
                .size = static_cast<std::uint64_t>(about.st_size),
                .etag = "\"" + to_hex(sha256(version)).substr(0, 32) + "\"",
                .modified = Seconds(std::chrono::seconds(about.st_mtim.tv_sec))};
}

std::optional<std::uint64_t> number(std::string_view text)
{
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

Reply refused(std::string code, std::string message, int status, const Params& extra)
{
  return s3_error_reply({.status = status, .code = std::move(code), .message = std::move(message)},
                        "", extra);
}

bool names_etag(std::string_view header, const std::string& etag)
{
  const std::vector<std::string> all = split(header, ',');
  return std::ranges::any_of(all, [&](const std::string& one) {
    const std::string_view tag = trim(one);
    return tag == "*" || tag == etag || "\"" + std::string(tag) + "\"" == etag;
  });
}

Reply object_reply(const Request& request, const Object& object, const std::string& key)
{
  Reply reply{.content_type = "binary/octet-stream"};
  reply.headers = {{"ETag", object.etag},
                   {"Last-Modified", http_date(object.modified)},
                   {"Accept-Ranges", "bytes"}};
  if (request.has_header("if-match") && !names_etag(request.header("if-match"), object.etag)) {
    return refused("PreconditionFailed",
                   "At least one of the pre-conditions you specified did not hold", 412,
                   {{"Condition", "If-Match"}});
  }
  if (request.has_header("if-none-match")
      && names_etag(request.header("if-none-match"), object.etag)) {
    reply.status = 304;
    return reply;
  }
  reply.file = FileSlice{.path = object.path, .length = object.size};
  const auto range = parse_range(request.header("range"), object.size);
  if (range && range->length == 0) {
    return refused("InvalidRange", "The requested range is not satisfiable", 416,
                   {{"ActualObjectSize", fmt::format("{}", object.size)}, {"Key", key}});
  }
  if (range) {
    reply.status = 206;
    reply.file->offset = range->offset;
    reply.file->length = range->length;
    reply.headers.emplace_back(
      "Content-Range",
      fmt::format("bytes {}-{}/{}", range->offset, range->offset + range->length - 1, object.size));
  }
  return reply;
}

Reply serve(const Request& request, const S3Name& name, const S3Store& store)
{
  if (request.method != "GET" && request.method != "HEAD") {
    return refused("NotImplemented", "The sandbox reads objects, it does not write them", 501, {});
  }
  const fs::path bucket = fs::path(store.folder) / name.bucket;
  std::error_code ignored;
  if (!is_bucket_name(name.bucket) || !fs::is_directory(bucket, ignored)) {
    return refused("NoSuchBucket", "The specified bucket does not exist", 404,
                   {{"BucketName", name.bucket}});
  }
  if (name.key.empty()) {
    return request.method == "HEAD"
             ? Reply{.content_type = "application/xml"}
             : refused("NotImplemented", "The sandbox does not list buckets", 501, {});
  }
  const std::optional<Object> object = find_object(bucket, name.key);
  if (!object) {
    return refused("NoSuchKey", "The specified key does not exist.", 404, {{"Key", name.key}});
  }
  return object_reply(request, *object, name.key);
}

} // namespace

std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size)
{
  if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) {
    return std::nullopt;
  }
  header.remove_prefix(6);
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto from = number(header.substr(0, dash));
  const auto to = number(header.substr(dash + 1));
  if (dash == 0 && to) { // the last bytes
    const std::uint64_t length = std::min(*to, size);
    return ByteRange{.offset = size - length, .length = length};
  }
  if (!from || (!to && dash + 1 != header.size()) || (to && *to < *from)) {
    return std::nullopt;
  }
  if (*from >= size) {
    return ByteRange{};
  }
  return ByteRange{.offset = *from, .length = std::min(to ? *to : size, size - 1) - *from + 1};
}

S3Name s3_name(const Request& request)
{
  const std::string_view host = without_port(request.header("host"));
  std::string_view path = request.path();
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  if (host.ends_with(".localhost")) {
    return {.bucket =
              std::string(host.substr(0, host.size() - std::string_view(".localhost").size())),
            .key = uri_decode(path)};
  }
  const std::size_t slash = std::min(path.find('/'), path.size());
  return {.bucket = uri_decode(path.substr(0, slash)),
          .key = uri_decode(path.substr(std::min(slash + 1, path.size())))};
}

std::string s3_action(const Request& request, const S3Name& name)
{
  const std::string verb = request.method == "GET"    ? "Get"
                           : request.method == "HEAD" ? "Head"
                           : request.method == "PUT"  ? "Put"
                                                      : request.method;
  return verb + (name.key.empty() ? "Bucket" : "Object");
}

std::string region_of(const S3Store& store, const std::string& bucket)
{
  const auto found = store.regions.find(bucket);
  return found == store.regions.end() ? store.region : found->second;
}

Reply serve_s3(const Request& request, const S3Name& name, const S3Store& store)
{
  Reply reply = serve(request, name, store);
  reply.headers.emplace_back("x-amz-bucket-region", region_of(store, name.bucket));
  return reply;
}

Reply s3_error_reply(const Ec2Error& error, const std::string& request_id)
{
  return s3_error_reply(error, request_id, {});
}

Reply s3_error_reply(const Ec2Error& error, const std::string& request_id, const Params& extra)
{
  Xml xml;
  xml.open("Error").text("Code", error.code).text("Message", error.message);
  for (const auto& [name, value] : extra) {
    xml.text(name, value);
  }
  xml.text("RequestId", request_id.empty() ? random_upper(16) : request_id);
  xml.text("HostId", random_secret(56)).close("Error");
  return {.status = error.status, .content_type = "application/xml", .body = xml.take()};
}

} // namespace flame::sandbox
