#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/random.hpp"
#include "sandbox/s3_actions.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_least_part = 5UL * 1024 * 1024; // of all but the last
constexpr std::uint64_t k_most_parts = 10'000;
constexpr std::string_view k_kept[] = {"x-amz-server-side-encryption", "x-amz-storage-class",
                                       "x-amz-meta-", "x-amz-checksum-", "content-type"};

std::string_view header_in(const HeaderList& headers, std::string_view name)
{
  const auto found =
    std::ranges::find_if(headers, [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Reply written(const Ec2Result<Object>& object)
{
  if (!object) {
    return refused(object.error());
  }
  Reply reply{.content_type = "application/xml", .headers = {{"ETag", object->etag}}};
  for (const auto& [name, value] : object->about) {
    if (name.starts_with("x-amz-") && !name.starts_with("x-amz-meta-")) {
      reply.headers.emplace_back(name, value);
    }
  }
  return reply;
}

// The folder of an upload that is begun and not over.
std::optional<fs::path> open_upload(const S3Call& call)
{
  const std::string id = query_of(call.request, "uploadId");
  const bool ours = !id.empty() && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  const fs::path folder = upload_folder(call.store, id);
  std::error_code ignored;
  const bool same = ours && read_whole(folder / "of") == call.name.bucket + "/" + call.name.key;
  return same && fs::exists(folder / "about", ignored) ? std::optional(folder) : std::nullopt;
}

Reply no_such_upload()
{
  return refused("NoSuchUpload", "The specified multipart upload does not exist.", 404);
}

struct Part {
  std::uint64_t number = 0;
  std::string etag = {};
};

// "<Part><PartNumber>1</PartNumber><ETag>…</ETag></Part>", in any order of the two.
std::vector<Part> parts_in(std::string_view xml)
{
  const auto text = [](std::string_view in, std::string_view name) {
    const std::string open = fmt::format("<{}>", name);
    const std::size_t from = in.find(open);
    const std::size_t to = in.find(fmt::format("</{}>", name));
    return from == std::string_view::npos || to == std::string_view::npos
             ? std::string()
             : std::string(in.substr(from + open.size(), to - from - open.size()));
  };
  std::vector<Part> parts;
  for (std::size_t at = xml.find("<Part>"); at != std::string_view::npos;
       at = xml.find("<Part>", at + 1)) {
    const std::string_view one = xml.substr(at, xml.find("</Part>", at) - at);
    std::string etag = text(one, "ETag");
    for (std::size_t q = etag.find("&quot;"); q != std::string::npos; q = etag.find("&quot;")) {
      etag.replace(q, 6, "\"");
    }
    parts.push_back({number(text(one, "PartNumber")).value_or(0), std::move(etag)});
  }
  return parts;
}

// The bytes of all parts, or why they are none.
tl::expected<std::string, Reply> joined(const fs::path& folder, const std::vector<Part>& parts)
{
  std::string bytes;
  std::uint64_t last = 0;
  for (const Part& part : parts) {
    const fs::path file = folder / fmt::format("{}", part.number);
    std::error_code failed;
    const std::uint64_t size = fs::file_size(file, failed);
    const std::string content = failed ? "" : read_whole(file);
    if (failed || etag_of(content) != part.etag) {
      return tl::unexpected(
        refused("InvalidPart", "One or more of the specified parts could not be found.", 400));
    }
    if (part.number <= last) {
      return tl::unexpected(
        refused("InvalidPartOrder", "The list of parts was not in ascending order.", 400));
    }
    if (size < k_least_part && &part != &parts.back()) {
      return tl::unexpected(refused(
        "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400));
    }
    last = part.number;
    bytes += content;
  }
  return bytes;
}

} // namespace

HeaderList kept_headers(const HeaderList& headers)
{
  HeaderList kept;
  std::ranges::copy_if(headers, std::back_inserter(kept), [](const auto& header) {
    return std::ranges::any_of(
      k_kept, [&](std::string_view start) { return header.first.starts_with(start); });
  });
  return kept;
}

std::optional<Reply> wrong_checksum(const HeaderList& headers, std::string_view body)
{
  const std::string_view given = header_in(headers, "x-amz-checksum-sha256");
  if (given.empty() || given == to_base64(sha256(body))) {
    return std::nullopt;
  }
  return refused("BadDigest", "The SHA256 you specified did not match the calculated checksum.",
                 400);
}

std::string etag_of(std::string_view bytes)
{
  return "\"" + to_hex(sha256(bytes)).substr(0, 32) + "\"";
}

Reply put_object(const S3Call& call)
{
  const Request& request = call.request;
  if (const auto wrong = wrong_checksum(request.headers, request.body)) {
    return *wrong;
  }
  const bool only_new = request.header("if-none-match") == "*";
  return written(
    write_object(call.store, call.name, request.body, kept_headers(request.headers), only_new));
}

Reply delete_object(const S3Call& call)
{
  remove_object(call.store, call.name);
  return {.status = 204};
}

Reply create_upload(const S3Call& call)
{
  const std::string id = random_hex(32);
  const fs::path folder = upload_folder(call.store, id);
  const auto made =
    write_whole(folder / "of", call.name.bucket + "/" + call.name.key).and_then([&] {
      return write_whole(folder / "about", about_text(kept_headers(call.request.headers)));
    });
  if (!made) {
    return refused(made.error());
  }
  Xml xml;
  xml.open("InitiateMultipartUploadResult", "http://s3.amazonaws.com/doc/2006-03-01/")
    .text("Bucket", call.name.bucket)
    .text("Key", call.name.key)
    .text("UploadId", id)
    .close("InitiateMultipartUploadResult");
  return {.content_type = "application/xml", .body = xml.take()};
}

Reply upload_part(const S3Call& call)
{
  const auto folder = open_upload(call);
  const auto part = number(query_of(call.request, "partNumber"));
  if (!folder) {
    return no_such_upload();
  }
  if (!part || *part == 0 || *part > k_most_parts) {
    return refused("InvalidArgument", "Part number must be between 1 and 10000, inclusive", 400);
  }
  if (const auto wrong = wrong_checksum(call.request.headers, call.request.body)) {
    return *wrong;
  }
  const auto done = write_whole(*folder / fmt::format("{}", *part), call.request.body);
  return done ? Reply{.headers = {{"ETag", etag_of(call.request.body)}}} : refused(done.error());
}

Reply complete_upload(const S3Call& call)
{
  const auto folder = open_upload(call);
  const std::vector<Part> parts = parts_in(call.request.body);
  if (!folder) {
    return no_such_upload();
  }
  if (parts.empty()) {
    return refused("MalformedXML", "The XML you provided was not well-formed", 400);
  }
  const auto bytes = joined(*folder, parts);
  if (!bytes) {
    return bytes.error();
  }
  const bool only_new = call.request.header("if-none-match") == "*";
  const auto object = write_object(call.store, call.name, *bytes,
                                   parse_about(read_whole(*folder / "about")), only_new);
  if (!object) {
    return refused(object.error());
  }
  std::error_code ignored;
  fs::remove_all(*folder, ignored);
  Reply reply = written(object);
  Xml xml;
  xml.open("CompleteMultipartUploadResult", "http://s3.amazonaws.com/doc/2006-03-01/")
    .text("Bucket", call.name.bucket)
    .text("Key", call.name.key)
    .text("ETag", object->etag)
    .close("CompleteMultipartUploadResult");
  reply.body = xml.take();
  return reply;
}

Reply abort_upload(const S3Call& call)
{
  const auto folder = open_upload(call);
  if (!folder) {
    return no_such_upload();
  }
  std::error_code ignored;
  fs::remove_all(*folder, ignored);
  return {.status = 204};
}

} // namespace flame::sandbox
