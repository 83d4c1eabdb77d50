#include "sandbox/s3.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/gate.hpp"
#include "sandbox/random.hpp"
#include "sandbox/s3_actions.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::sandbox {
namespace {

struct Row {
  std::string_view method;
  bool object;                // of an object, else of a bucket
  std::string_view parameter; // of the query, "" for none
  std::string_view action;
  Reply (*serve)(const S3Call&);
};

Reply head_bucket(const S3Call& /*call*/)
{
  return {.content_type = "application/xml"};
}

// clang-format off
// First match wins, so rows with a parameter come first.
constexpr Row k_rows[] = {
  {"GET",    true,  "",          "GetObject",               get_object},
  {"HEAD",   true,  "",          "HeadObject",              get_object},
  {"PUT",    true,  "partNumber", "UploadPart",             upload_part},
  {"PUT",    true,  "",          "PutObject",               put_object},
  {"DELETE", true,  "uploadId",  "AbortMultipartUpload",    abort_upload},
  {"DELETE", true,  "",          "DeleteObject",            delete_object},
  {"POST",   true,  "uploads",   "CreateMultipartUpload",   create_upload},
  {"POST",   true,  "uploadId",  "CompleteMultipartUpload", complete_upload},
  {"GET",    false, "list-type", "ListObjectsV2",           list_objects},
  {"HEAD",   false, "",          "HeadBucket",              head_bucket},
};
// clang-format on
constexpr Row k_post = {"POST", true, "", "PostObject", post_object};

const Row* row_of(const Request& request, const S3Name& name)
{
  if (is_form(request)) {
    return &k_post;
  }
  const auto* const row = std::ranges::find_if(k_rows, [&](const Row& one) {
    return one.method == request.method && one.object != name.key.empty()
           && (one.parameter.empty() || asks(request, one.parameter));
  });
  return row == std::end(k_rows) ? nullptr : row;
}

bool pays(const Request& request)
{
  return request.header("x-amz-request-payer") == "requester"
         || query_of(request, "x-amz-request-payer") == "requester";
}

Reply serve(const S3Call& call)
{
  if (!has_bucket(call.store, call.name.bucket)) {
    return refused("NoSuchBucket", "The specified bucket does not exist", 404,
                   {{"BucketName", call.name.bucket}});
  }
  if (has_rule(call.store, call.name.bucket, "requester-pays") && !pays(call.request)) {
    return refused("AccessDenied", "Access Denied", 403);
  }
  const Row* row = row_of(call.request, call.name);
  return row != nullptr ? row->serve(call)
                        : refused("NotImplemented", "The sandbox has no such action of S3", 501);
}

} // namespace

Reply refused(const Ec2Error& error)
{
  return s3_error_reply(error, "");
}

Reply refused(std::string code, std::string message, int status, const Params& extra)
{
  return s3_error_reply({.status = status, .code = std::move(code), .message = std::move(message)},
                        "", extra);
}

Reply no_such_key(const std::string& key)
{
  return refused("NoSuchKey", "The specified key does not exist.", 404, {{"Key", key}});
}

std::string query_of(const Request& request, std::string_view name)
{
  return query_value(query_pairs(request.query()), name);
}

bool asks(const Request& request, std::string_view name)
{
  const auto pairs = query_pairs(request.query());
  return std::ranges::find(pairs, name, &QueryPair::first) != pairs.end();
}

std::optional<std::uint64_t> number(std::string_view text)
{
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

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
  S3Name name;
  if (host.ends_with(".localhost")) {
    name = {.bucket =
              std::string(host.substr(0, host.size() - std::string_view(".localhost").size())),
            .key = uri_decode(path)};
  } else {
    const std::size_t slash = std::min(path.find('/'), path.size());
    name = {.bucket = uri_decode(path.substr(0, slash)),
            .key = uri_decode(path.substr(std::min(slash + 1, path.size())))};
  }
  if (is_form(request)) {
    const auto key = std::ranges::find(request.form, "key", &HeaderList::value_type::first);
    name.key = key == request.form.end() ? "" : key->second;
  }
  return name;
}

std::string s3_action(const Request& request, const S3Name& name)
{
  const Row* row = row_of(request, name);
  return row != nullptr ? std::string(row->action)
                        : request.method + (name.key.empty() ? "Bucket" : "Object");
}

std::string region_of(const S3Store& store, const std::string& bucket)
{
  const auto found = store.regions.find(bucket);
  return found == store.regions.end() ? store.region : found->second;
}

bool is_moved(const S3Store& store, const std::string& bucket)
{
  return has_bucket(store, bucket) && has_rule(store, bucket, "moved");
}

Reply serve_s3(const Request& request, const S3Name& name, const S3Store& store, Seconds now)
{
  Reply reply = serve({.request = request, .name = name, .store = store, .now = now});
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
