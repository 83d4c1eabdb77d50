#include "unit/sandbox/s3_fixture.hpp"

using namespace flame;
using namespace flame::sandbox;
using Fixture = S3Fixture;
namespace fs = std::filesystem;

TEST_CASE("sandbox: objects are files of the bucket's folder, by both styles of address")
{
  const Fixture s3;
  CHECK(s3.content(s3.send("/bundles/app.bin")) == "0123456789");
  CHECK(s3.content(s3.send("/app.bin", {}, "GET", "bundles.localhost:4566")) == "0123456789");
  CHECK(s3.content(s3.send("/bundles/dir%20one/a%2Bb.txt?versionless=1")) == "odd");
  CHECK(s3.content(s3.send("/bundles/empty")).empty());
  CHECK(s3.send("/bundles/empty").status == 200);
  CHECK(s3.send("/bundles/app.bin", {}, "HEAD").status == 200);
  CHECK(s3.send("/bundles", {}, "HEAD").status == 200);
}

TEST_CASE("sandbox: what is not there is 404, and nothing outside of a bucket is there")
{
  const Fixture s3;
  CHECK(has_code(s3.send("/bundles/nothing"), "NoSuchKey"));
  CHECK(s3.send("/bundles/nothing").status == 404);
  CHECK(has_code(s3.send("/nothing/app.bin"), "NoSuchBucket"));
  fs::create_symlink(s3.folder.path() + "/secret.txt", s3.store.folder + "/bundles/link");
  for (const char* path :
       {"/bundles/../../secret.txt", "/bundles/%2E%2E/%2e%2e/secret.txt",
        "/bundles/..%2F..%2Fsecret.txt", "/%2E%2E/secret.txt", "/../secret.txt",
        "/./bundles/app.bin", "/bundles//app.bin", "/bundles/./app.bin", "/bundles/app.bin%00",
        "/bundles/link", "/bundles/dir%20one", "/bundles//etc/passwd"}) {
    CAPTURE(path);
    CHECK(s3.send(path).status == 404);
  }
}

TEST_CASE("sandbox: ranges are given as S3 gives them")
{
  const Fixture s3;
  const auto ranged = [&](const char* range) {
    return s3.send("/bundles/app.bin", {{"range", range}});
  };
  CHECK(ranged("bytes=0-0").status == 206);
  CHECK(header_of(ranged("bytes=0-0"), "Content-Range") == "bytes 0-0/10");
  CHECK(s3.content(ranged("bytes=2-4")) == "234");
  CHECK(s3.content(ranged("bytes=7-")) == "789");
  CHECK(s3.content(ranged("bytes=-2")) == "89");
  CHECK(s3.content(ranged("bytes=8-99")) == "89");
  CHECK(ranged("bytes=10-").status == 416);
  CHECK(has_code(ranged("bytes=10-"), "InvalidRange"));
  CHECK(ranged("bytes=-0").status == 416);
  for (const char* ignored : {"bytes=4-2", "bytes=0-1,3-4", "lines=0-1", "bytes=x-", "bytes=-"}) {
    CAPTURE(ignored);
    CHECK(ranged(ignored).status == 200);
  }
}

TEST_CASE("sandbox: an ETag changes with its object, and conditions look at it")
{
  const Fixture s3;
  const std::string etag = header_of(s3.send("/bundles/app.bin"), "ETag");
  CHECK(etag.size() == 34);
  CHECK(s3.send("/bundles/app.bin", {{"if-match", etag}}).status == 200);
  CHECK(s3.send("/bundles/app.bin", {{"if-none-match", etag}}).status == 304);
  s3.write("s3/bundles/app.bin", "other bytes");
  CHECK(s3.send("/bundles/app.bin", {{"if-match", etag}}).status == 412);
  CHECK(s3.send("/bundles/app.bin", {{"if-none-match", etag}}).status == 200);
}

TEST_CASE("sandbox: every answer tells the bucket's region")
{
  const Fixture s3;
  CHECK(header_of(s3.send("/bundles/app.bin"), "x-amz-bucket-region") == "us-east-1");
  CHECK(header_of(s3.send("/bundles-eu", {}, "HEAD"), "x-amz-bucket-region") == "eu-west-1");
}
