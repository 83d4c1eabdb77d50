#include "aws/s3_xml.hpp"

#include "aws/ec2_answer.hpp"
#include "aws/xml.hpp"
#include "base/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::aws {
namespace {

constexpr std::string_view k_list = "ListObjectsV2";

std::optional<std::uint64_t> size_in(std::string_view text)
{
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

// Of encoding-type=url; some answers write a space as '+'.
std::string decoded(std::string key)
{
  std::ranges::replace(key, '+', ' ');
  return uri_decode(key);
}

} // namespace

Outcome<S3Page> parse_s3_page(std::string_view xml)
{
  const auto document = load_answer(k_list, xml, "ListBucketResult");
  if (!document) {
    return tl::unexpected(document.error());
  }
  const pugi::xml_node root = document->document_element();
  S3Page page;
  for (const pugi::xml_node item : root.children("Contents")) {
    const auto size = size_in(text_at(item, "Size"));
    S3Entry entry{.key = decoded(text_at(item, "Key")),
                  .size = size.value_or(0),
                  .etag = text_at(item, "ETag"),
                  .storage_class = text_at(item, "StorageClass")};
    if (entry.key.empty() || !size) {
      return not_understood(k_list, "has an object without a key or a size");
    }
    page.entries.push_back(std::move(entry));
  }
  if (text_at(root, "IsTruncated") == "true") {
    page.next_token = text_at(root, "NextContinuationToken");
    if (page.next_token.empty()) {
      return not_understood(k_list, "is cut short, and does not say how to go on");
    }
  }
  return page;
}

Outcome<std::string> parse_upload_id(std::string_view xml)
{
  constexpr std::string_view action = "CreateMultipartUpload";
  const auto document = load_answer(action, xml, "InitiateMultipartUploadResult");
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::string id = text_at(document->document_element(), "UploadId");
  if (id.empty()) {
    return not_understood(action, "has no upload id");
  }
  return id;
}

Outcome<void> parse_completed(std::string_view xml)
{
  const auto document =
    load_answer("CompleteMultipartUpload", xml, "CompleteMultipartUploadResult");
  return document ? Outcome<void>() : tl::unexpected(document.error());
}

std::string completed_upload(std::span<const std::pair<int, std::string>> parts)
{
  std::string xml = R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
  for (const auto& [number, etag] : parts) {
    std::string quoted;
    for (const char c : etag) {
      quoted += c == '"' ? "&quot;" : c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, quoted);
  }
  return xml + "</CompleteMultipartUpload>";
}

} // namespace flame::aws
