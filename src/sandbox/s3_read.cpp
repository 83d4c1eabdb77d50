#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/s3_actions.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

constexpr std::size_t k_page = 1000;

bool names_etag(std::string_view header, const std::string& etag)
{
  const std::vector<std::string> all = split(header, ',');
  return std::ranges::any_of(all, [&](const std::string& one) {
    const std::string_view tag = trim(one);
    return tag == "*" || tag == etag || "\"" + std::string(tag) + "\"" == etag;
  });
}

bool is_archived(const Object& object)
{
  const std::string_view kind = about(object, "x-amz-storage-class");
  const bool put_away =
    kind == "GLACIER" || kind == "DEEP_ARCHIVE" || !about(object, "x-amz-archive-status").empty();
  return put_away
         && about(object, "x-amz-restore").find("ongoing-request=\"false\"") == std::string::npos;
}

void add_about(Reply& reply, const Object& object, bool checksums)
{
  for (const auto& [name, value] : object.about) {
    if (name == "content-type") {
      reply.content_type = value;
    } else if (checksums || !name.starts_with("x-amz-checksum-")) {
      reply.headers.emplace_back(name, value);
    }
  }
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
  add_about(reply, object, !range && request.header("x-amz-checksum-mode") == "ENABLED");
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

} // namespace

Reply get_object(const S3Call& call)
{
  const std::string version = query_of(call.request, "versionId");
  const std::optional<Object> object = find_object(call.store, call.name, version);
  if (!object && !version.empty()) {
    return refused("NoSuchVersion", "The specified version does not exist.", 404,
                   {{"Key", call.name.key}, {"VersionId", version}});
  }
  if (!object) {
    return no_such_key(call.name.key);
  }
  if (call.request.method == "GET" && is_archived(*object)) {
    return refused("InvalidObjectState",
                   "The operation is not valid for the object's storage class", 403,
                   {{"StorageClass", std::string(about(*object, "x-amz-storage-class"))}});
  }
  return object_reply(call.request, *object, call.name.key);
}

Reply list_objects(const S3Call& call)
{
  const auto asked = [&](std::string_view name) { return query_of(call.request, name); };
  if (!asked("delimiter").empty()) {
    return refused("NotImplemented", "The sandbox lists without a delimiter", 501);
  }
  const std::string prefix = asked("prefix");
  const std::string token = from_base64(asked("continuation-token")).value_or("");
  const std::string after = std::max(token, asked("start-after"));
  const std::size_t size =
    std::min<std::size_t>(number(asked("max-keys")).value_or(k_page), k_page);
  std::vector<std::string> keys = all_keys(call.store, call.name.bucket);
  std::erase_if(keys, [&](const auto& key) { return !key.starts_with(prefix) || key <= after; });
  const bool more = keys.size() > size;
  keys.resize(std::min(keys.size(), size));
  const bool encoded = asked("encoding-type") == "url";
  const auto shown = [&](const std::string& key) { return encoded ? uri_encode(key, "/") : key; };
  Xml xml;
  xml.open("ListBucketResult", "http://s3.amazonaws.com/doc/2006-03-01/")
    .text("Name", call.name.bucket)
    .text("Prefix", shown(prefix))
    .text("KeyCount", fmt::format("{}", keys.size()))
    .text("MaxKeys", fmt::format("{}", size))
    .text("IsTruncated", more ? "true" : "false");
  if (more) {
    xml.text("NextContinuationToken", to_base64(keys.empty() ? after : keys.back()));
  }
  for (const std::string& key : keys) {
    if (const auto object = find_object(call.store, {call.name.bucket, key}, "")) {
      const std::string_view kind = about(*object, "x-amz-storage-class");
      xml.open("Contents")
        .text("Key", shown(key))
        .text("LastModified", iso8601(object->modified))
        .text("ETag", object->etag)
        .text("Size", fmt::format("{}", object->size))
        .text("StorageClass", kind.empty() ? "STANDARD" : kind)
        .close("Contents");
    }
  }
  xml.close("ListBucketResult");
  return {.content_type = "application/xml", .body = xml.take()};
}

} // namespace flame::sandbox
