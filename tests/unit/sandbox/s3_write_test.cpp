#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "unit/sandbox/s3_fixture.hpp"

#include <fmt/format.h>

using namespace flame;
using namespace flame::sandbox;
using Fixture = S3Fixture;

namespace {

Reply put(const Fixture& s3, const std::string& target, std::string body, HeaderList headers = {})
{
  return s3.ask(
    {.method = "PUT", .target = target, .headers = std::move(headers), .body = std::move(body)});
}

// Begins an upload of bundles/big and gives its id.
std::string begin_upload(const Fixture& s3)
{
  return text_in(
    s3.send("/bundles/big?uploads", {{"x-amz-server-side-encryption", "AES256"}}, "POST"),
    "UploadId");
}

Reply complete(const Fixture& s3, const std::string& id, const std::vector<std::string>& etags,
               int first = 1)
{
  std::string xml = "<CompleteMultipartUpload>";
  for (const std::string& etag : etags) {
    xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", first++, etag);
  }
  return s3.ask({.method = "POST",
                 .target = "/bundles/big?uploadId=" + id,
                 .body = xml + "</CompleteMultipartUpload>"});
}

} // namespace

TEST_CASE("sandbox: an object that is put is there, with what was said of it")
{
  const Fixture s3;
  const std::string sum = to_base64(sha256("hello"));
  const Reply answer = put(s3, "/bundles/a/b%20c", "hello",
                           {{"x-amz-server-side-encryption", "AES256"},
                            {"x-amz-checksum-sha256", sum},
                            {"x-amz-meta-of", "me"}});
  CHECK(answer.status == 200);
  CHECK(header_of(answer, "x-amz-server-side-encryption") == "AES256");
  const Reply got = s3.send("/bundles/a/b%20c", {{"x-amz-checksum-mode", "ENABLED"}});
  CHECK(s3.content(got) == "hello");
  CHECK(header_of(got, "ETag") == header_of(answer, "ETag"));
  CHECK(header_of(got, "x-amz-checksum-sha256") == sum);
  CHECK(header_of(got, "x-amz-server-side-encryption") == "AES256");
  CHECK(header_of(got, "x-amz-meta-of") == "me");
  CHECK(header_of(s3.send("/bundles/a/b%20c"), "x-amz-checksum-sha256").empty());
  CHECK(header_of(
          s3.send("/bundles/a/b%20c", {{"x-amz-checksum-mode", "ENABLED"}, {"range", "bytes=0-1"}}),
          "x-amz-checksum-sha256")
          .empty());
}

TEST_CASE("sandbox: what is not to be written is not")
{
  const Fixture s3;
  CHECK(put(s3, "/bundles/app.bin", "x", {{"if-none-match", "*"}}).status == 412);
  CHECK(s3.content(s3.send("/bundles/app.bin")) == "0123456789");
  CHECK(put(s3, "/bundles/new", "x", {{"if-none-match", "*"}}).status == 200);
  const Reply wrong =
    put(s3, "/bundles/other", "x", {{"x-amz-checksum-sha256", to_base64(sha256("y"))}});
  CHECK(has_code(wrong, "BadDigest"));
  CHECK(s3.send("/bundles/other").status == 404);
  CHECK(put(s3, "/bundles/../x", "x").status == 500);
  CHECK(put(s3, "/nothing/x", "x").status == 404);
}

TEST_CASE("sandbox: an object that is deleted is gone, once or twice")
{
  const Fixture s3;
  CHECK(s3.send("/bundles/app.bin", {}, "DELETE").status == 204);
  CHECK(s3.send("/bundles/app.bin").status == 404);
  CHECK(s3.send("/bundles/app.bin", {}, "DELETE").status == 204);
}

TEST_CASE("sandbox: a bucket with versions keeps what an object was")
{
  const Fixture s3;
  s3.write("s3/.s3/buckets/bundles", "versions\n");
  const std::string one = header_of(put(s3, "/bundles/app", "one"), "x-amz-version-id");
  const std::string two = header_of(put(s3, "/bundles/app", "two"), "x-amz-version-id");
  CHECK(one != two);
  const auto version = [&](const std::string& id) {
    return s3.send("/bundles/app?versionId=" + uri_encode(id));
  };
  CHECK(s3.content(version(one)) == "one");
  CHECK(s3.content(version(two)) == "two");
  CHECK(header_of(version(one), "x-amz-version-id") == one);
  CHECK(header_of(s3.send("/bundles/app"), "x-amz-version-id") == two);
  CHECK(has_code(version("other"), "NoSuchVersion"));
}

TEST_CASE("sandbox: an archived object can be looked at, and not be fetched")
{
  const Fixture s3;
  s3.write("s3/.s3/about/bundles/app.bin", "x-amz-storage-class: GLACIER\n");
  CHECK(header_of(s3.send("/bundles/app.bin", {}, "HEAD"), "x-amz-storage-class") == "GLACIER");
  CHECK(has_code(s3.send("/bundles/app.bin"), "InvalidObjectState"));
  s3.write("s3/.s3/about/bundles/app.bin",
           "x-amz-storage-class: GLACIER\nx-amz-restore: ongoing-request=\"false\"\n");
  CHECK(s3.send("/bundles/app.bin").status == 200);
  s3.write("s3/.s3/about/bundles/app.bin",
           "x-amz-storage-class: INTELLIGENT_TIERING\nx-amz-archive-status: DEEP_ARCHIVE_ACCESS\n");
  CHECK(header_of(s3.send("/bundles/app.bin", {}, "HEAD"), "x-amz-archive-status")
        == "DEEP_ARCHIVE_ACCESS");
  CHECK(has_code(s3.send("/bundles/app.bin"), "InvalidObjectState"));
}

TEST_CASE("sandbox: who asks a bucket for which requesters pay must say so")
{
  const Fixture s3;
  s3.write("s3/.s3/buckets/bundles", "requester-pays\n");
  CHECK(s3.send("/bundles/app.bin").status == 403);
  CHECK(s3.send("/bundles/app.bin", {{"x-amz-request-payer", "requester"}}).status == 200);
  CHECK(s3.send("/bundles/app.bin?x-amz-request-payer=requester").status == 200);
}

TEST_CASE("sandbox: lists come in pages, in order, below a prefix")
{
  const Fixture s3;
  const Reply first = s3.send("/bundles?list-type=2&max-keys=2&encoding-type=url");
  CHECK(text_in(first, "Key") == "app.bin");
  CHECK(first.body.find("<Key>dir%20one/a%2Bb.txt</Key>") != std::string::npos);
  CHECK(text_in(first, "IsTruncated") == "true");
  const Reply rest = s3.send("/bundles?list-type=2&continuation-token="
                             + uri_encode(text_in(first, "NextContinuationToken")));
  CHECK(text_in(rest, "Key") == "empty");
  CHECK(text_in(rest, "IsTruncated") == "false");
  CHECK(text_in(s3.send("/bundles?list-type=2&prefix=dir%20one/"), "KeyCount") == "1");
  CHECK(text_in(s3.send("/bundles?list-type=2&prefix=none"), "KeyCount") == "0");
}

TEST_CASE("sandbox: an upload in parts is an object once it is complete")
{
  const Fixture s3;
  const std::string id = begin_upload(s3);
  const std::string large(5UL * 1024 * 1024, 'a');
  const std::string at = "/bundles/big?uploadId=" + id + "&partNumber=";
  const std::string one = header_of(put(s3, at + "1", large), "ETag");
  const std::string two = header_of(put(s3, at + "2", "end"), "ETag");
  CHECK(s3.send("/bundles/big").status == 404);
  CHECK(has_code(complete(s3, id, {one, one}), "InvalidPart"));
  CHECK(complete(s3, id, {one, two}).status == 200);
  const Reply done = s3.send("/bundles/big");
  CHECK(s3.content(done) == large + "end");
  CHECK(header_of(done, "x-amz-server-side-encryption") == "AES256");
  CHECK(has_code(complete(s3, id, {one, two}), "NoSuchUpload"));
}

TEST_CASE("sandbox: an upload is refused as S3 refuses it, and can be given up")
{
  const Fixture s3;
  const std::string id = begin_upload(s3);
  const std::string at = "/bundles/big?uploadId=" + id + "&partNumber=";
  const std::string one = header_of(put(s3, at + "1", "small"), "ETag");
  const std::string two = header_of(put(s3, at + "2", "end"), "ETag");
  CHECK(has_code(complete(s3, id, {one, two}), "EntityTooSmall"));
  CHECK(has_code(complete(s3, id, {}), "MalformedXML"));
  CHECK(has_code(put(s3, at + "0", "x"), "InvalidArgument"));
  CHECK(has_code(put(s3, "/bundles/other?partNumber=1&uploadId=" + id, "x"), "NoSuchUpload"));
  CHECK(s3.send("/bundles/big?uploadId=" + id, {}, "DELETE").status == 204);
  CHECK(has_code(put(s3, at + "1", "x"), "NoSuchUpload"));
  CHECK(s3.send("/bundles/big?uploadId=../..", {}, "DELETE").status == 404);
}
