#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "client/s3_client.hpp"
#include "support/client_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

namespace {

struct S3World : ClientWorld {
  std::unique_ptr<aws::S3Api> s3 = client::make_s3_client(
    {.endpoint = {.host = "s3.eu-west-1.amazonaws.com"}, .region = "eu-west-1"},
    {.http = http,
     .clock = clock,
     .cancel = cancel,
     .random = random,
     .find_credentials = [this] { return keys.front(); }},
    {.region = "eu-west-1"});
  aws::S3Object object = {.bucket = "bundles", .key = "rel/app.tar.gz"};
  aws::CallLimit limit = {.deadline = clock.now() + 30s};

  const io::HttpRequest& request(std::size_t number) { return http.requests.at(number); }
};

FakeHttp::Answer error(int status, const std::string& code,
                       std::vector<std::pair<std::string, std::string>> headers = {})
{
  return FakeHttp::response(status, "<Error><Code>" + code + "</Code><Message>m</Message></Error>",
                            std::move(headers));
}

} // namespace

TEST_CASE("client::make_s3_client looks at an object")
{
  S3World world;
  const std::string digest = sha256("x");
  world.http.answers = {FakeHttp::response(200, "",
                                           {{"content-length", "1234567890"},
                                            {"etag", "\"0a\""},
                                            {"x-amz-version-id", "v1"},
                                            {"x-amz-checksum-sha256", to_base64(digest)},
                                            {"x-amz-bucket-region", "eu-west-1"}})};
  const auto head = world.s3->head(world.object, world.limit);
  REQUIRE(head);
  CHECK(head->size == 1'234'567'890);
  CHECK(head->etag == "\"0a\"");
  CHECK(head->version_id == "v1");
  CHECK(head->sha256 == to_hex(digest));
  CHECK(world.request(0).method == "HEAD");
  CHECK(world.request(0).body_limit > head->size);
  CHECK(world.request(0).url == "https://bundles.s3.eu-west-1.amazonaws.com/rel/app.tar.gz");
  CHECK(header(world.request(0), "x-amz-content-sha256") == to_hex(sha256("")));
  CHECK(header(world.request(0), "authorization").find("/eu-west-1/s3/aws4_request")
        != std::string::npos);
}

TEST_CASE("client::make_s3_client takes no digest of parts for one of the whole")
{
  S3World world;
  world.http.answers = {FakeHttp::response(
    200, "",
    {{"x-amz-checksum-sha256", to_base64(sha256("x"))}, {"x-amz-checksum-type", "COMPOSITE"}})};
  CHECK(world.s3->head(world.object, world.limit)->sha256.empty());
  const std::string ours = to_hex(sha256("y")); // as we have put it
  world.http.answers = {FakeHttp::response(200, "", {{"x-amz-meta-flame-ec2-sha256", ours}}),
                        FakeHttp::response(200, "", {{"x-amz-meta-flame-ec2-sha256", "y"}})};
  CHECK(world.s3->head(world.object, world.limit)->sha256 == ours);
  CHECK(world.s3->head(world.object, world.limit)->sha256.empty());
}

TEST_CASE("client::make_s3_client asks a bucket of another Region there, and remembers it")
{
  for (const int status : {301, 400}) {
    CAPTURE(status);
    S3World world;
    world.http.answers = {
      FakeHttp::response(status, "", {{"x-amz-bucket-region", "us-west-2"}}),
      FakeHttp::response(200, "", {{"etag", "\"1\""}, {"x-amz-bucket-region", "us-west-2"}}),
      FakeHttp::response(200, "", {{"x-amz-bucket-region", "us-west-2"}})};
    CHECK(world.s3->head(world.object, world.limit)->etag == "\"1\"");
    CHECK(world.request(1).url == "https://bundles.s3.us-west-2.amazonaws.com/rel/app.tar.gz");
    CHECK(header(world.request(1), "authorization").find("/us-west-2/s3/") != std::string::npos);
    CHECK(world.s3->region("bundles") == "us-west-2");
    CHECK(world.s3->region("other") == "eu-west-1");
    CHECK(world.s3->head(world.object, world.limit));
    CHECK(world.http.requests.size() == 3);
    const auto url = world.s3->presigned_get(world.object, world.clock.wall(), 10min);
    CHECK(url->find("bundles.s3.us-west-2.amazonaws.com") != std::string::npos);
  }
}

TEST_CASE("client::make_s3_client follows no redirect of somebody else, and not twice")
{
  S3World world;
  world.http.answers = {FakeHttp::response(301, "", {{"location", "https://evil.example/"}})};
  const auto foreign = world.s3->head(world.object, world.limit);
  REQUIRE(!foreign);
  CHECK(foreign.error().error.message.find("evil.example") != std::string::npos);
  world.http.answers = {FakeHttp::response(301, "", {{"x-amz-bucket-region", "us-west-2"}}),
                        FakeHttp::response(301, "", {{"x-amz-bucket-region", "us-west-1"}})};
  CHECK(!world.s3->head(world.object, world.limit));
  CHECK(world.http.requests.size() == 3);
  world.http.answers = {FakeHttp::response(400, "", {{"x-amz-bucket-region", "@evil/"}})};
  CHECK(!world.s3->head(world.object, world.limit));
  CHECK(world.http.requests.size() == 4);
}

namespace {

std::vector<aws::S3Object> numbered(std::size_t count)
{
  std::vector<aws::S3Object> objects;
  for (std::size_t i = 0; i < count; ++i) {
    objects.push_back({.bucket = "bundles", .key = "status-" + std::to_string(i)});
  }
  return objects;
}

} // namespace

TEST_CASE("client::make_s3_client gets many objects, each with its own outcome")
{
  S3World world;
  world.http.answers = {FakeHttp::response(200, "a"), error(404, "NoSuchKey"),
                        FakeHttp::response(200, "c")};
  const auto all = world.s3->get_all(numbered(3), 100, world.limit);
  REQUIRE(all.size() == 3);
  CHECK(*all[0] == "a");
  REQUIRE(!all[1]);
  CHECK(all[1].error().http_status == 404);
  CHECK(*all[2] == "c");
  CHECK(world.request(2).url == "https://bundles.s3.eu-west-1.amazonaws.com/status-2");
  CHECK(world.request(2).body_limit == 100);
  CHECK(world.s3->get_all({}, 100, world.limit).empty());
}

TEST_CASE("client::make_s3_client tries again what has failed of many, and that alone")
{
  S3World world;
  world.http.answers = {error(503, "SlowDown"), FakeHttp::response(200, "b"),
                        FakeHttp::failure(io::HttpFailure::Reason::broken, true),
                        FakeHttp::response(200, "a"), FakeHttp::response(200, "c")};
  const auto all = world.s3->get_all(numbered(3), 100, world.limit);
  CHECK(*all.at(0) == "a");
  CHECK(*all.at(1) == "b");
  CHECK(*all.at(2) == "c");
  CHECK(world.http.requests.size() == 5);
  CHECK(world.clock.slept == std::vector<Millis>{1s}); // once for both
}

TEST_CASE("client::make_s3_client gives up on those of many that fail on and on")
{
  S3World world;
  SUBCASE("after three tries")
  {
    world.http.answers.assign(6, error(503, "SlowDown"));
    const auto all = world.s3->get_all(numbered(2), 100, world.limit);
    CHECK(all.at(0).error().error_class == aws::ErrorClass::throttle);
    CHECK(world.http.requests.size() == 6);
  }
  SUBCASE("when the user has had enough")
  {
    world.http.answers.assign(6, error(503, "SlowDown"));
    world.clock.on_sleep = [&] { world.cancel.now.signal = 2; };
    CHECK(!world.s3->get_all(numbered(2), 100, world.limit).at(1));
    CHECK(world.http.requests.size() == 2);
  }
  SUBCASE("when the time is over")
  {
    world.http.answers.assign(6, error(503, "SlowDown"));
    CHECK(!world.s3->get_all(numbered(2), 100, {.deadline = world.clock.now() + 500ms}).at(1));
    CHECK(world.http.requests.size() == 2);
  }
}

TEST_CASE("client::make_s3_client gets many objects of a bucket that is elsewhere")
{
  S3World world;
  const std::vector<std::pair<std::string, std::string>> there = {
    {"x-amz-bucket-region", "us-west-2"}};
  world.http.answers = {FakeHttp::response(301, "", there), FakeHttp::response(301, "", there),
                        FakeHttp::response(200, "a", there), FakeHttp::response(200, "b", there),
                        FakeHttp::response(200, "c", there)};
  const auto all = world.s3->get_all(numbered(2), 100, world.limit);
  CHECK(*all.at(0) == "a");
  CHECK(*all.at(1) == "b");
  CHECK(*world.s3->get_all(numbered(1), 100, world.limit).at(0) == "c");
  CHECK(world.request(4).url == "https://bundles.s3.us-west-2.amazonaws.com/status-0");
}

TEST_CASE("client::make_s3_client asks for new keys once when those of many requests have expired")
{
  ClientWorld world;
  std::size_t lookups = 0;
  const auto s3 = client::make_s3_client(
    {.endpoint = {.host = "s3.eu-west-1.amazonaws.com"}, .region = "eu-west-1"},
    {.http = world.http,
     .clock = world.clock,
     .cancel = world.cancel,
     .random = world.random,
     .find_credentials =
       [&] {
         return Result<aws::Credentials>(aws::Credentials{
           .access_key_id = "AKID" + std::to_string(lookups++), .secret_access_key = "secret"});
       }},
    {.region = "eu-west-1"});
  world.http.answers.assign(3, error(400, "ExpiredToken"));
  world.http.answers.insert(world.http.answers.end(), 3, FakeHttp::response(200, "x"));
  for (const auto& one : s3->get_all(numbered(3), 100, {.deadline = world.clock.now() + 30s})) {
    CHECK(one);
  }
  CHECK(lookups == 2);
  CHECK(world.clock.slept.empty());
}

TEST_CASE("client::make_s3_client finds that requesters pay")
{
  S3World world;
  world.http.answers = {FakeHttp::response(403, ""), FakeHttp::response(200, "")};
  const auto head = world.s3->head(world.object, world.limit);
  REQUIRE(head);
  CHECK(world.s3->pays("bundles"));
  CHECK(!world.s3->pays("other"));
  CHECK(header(world.request(0), "x-amz-request-payer").empty());
  CHECK(header(world.request(1), "x-amz-request-payer") == "requester");
  const auto url = world.s3->presigned_get(world.object, world.clock.wall(), 10min);
  CHECK(url->find("x-amz-request-payer=requester") != std::string::npos);
  CHECK(*world.s3->address({.bucket = "bundles", .key = "a b", .version_id = "v1"})
        == "https://bundles.s3.eu-west-1.amazonaws.com/a%20b?versionId=v1"
           "&x-amz-request-payer=requester");
  CHECK(*world.s3->address({.bucket = "other", .key = "k"})
        == "https://other.s3.eu-west-1.amazonaws.com/k");
  world.http.answers = {FakeHttp::response(200, "bytes"), FakeHttp::response(200, "of many")};
  CHECK(*world.s3->get(world.object, 100, world.limit) == "bytes"); // known by now
  CHECK(world.s3->get_all(numbered(1), 100, world.limit).at(0) == "of many");
  for (const std::size_t known : {2, 3}) {
    CHECK(header(world.request(known), "x-amz-request-payer") == "requester");
  }
}

TEST_CASE("client::make_s3_client finds that requesters pay whatever it reads first")
{
  S3World world;
  SUBCASE("an object")
  {
    world.http.answers = {error(403, "AccessDenied"), FakeHttp::response(200, "bytes")};
    CHECK(*world.s3->get(world.object, 100, world.limit) == "bytes");
  }
  SUBCASE("a listing")
  {
    world.http.answers = {error(403, "AccessDenied"),
                          FakeHttp::response(200, "<ListBucketResult></ListBucketResult>")};
    CHECK(world.s3->list({.bucket = "bundles", .key = "p/"}, world.limit));
  }
  SUBCASE("an object that is not there")
  {
    world.http.answers = {error(403, "AccessDenied"), error(404, "NoSuchKey")};
    CHECK(world.s3->get(world.object, 100, world.limit).error().http_status == 404);
  }
  CHECK(header(world.request(1), "x-amz-request-payer") == "requester");
  CHECK(world.s3->pays("bundles"));
}

TEST_CASE("client::make_s3_client takes a missing right and an archived object for what they are")
{
  S3World world;
  world.http.answers = {FakeHttp::response(403, ""), FakeHttp::response(403, "")};
  const auto denied = world.s3->head(world.object, world.limit);
  REQUIRE(!denied);
  CHECK(denied.error().error_class == aws::ErrorClass::permission);
  CHECK(denied.error().http_status == 403);
  world.http.answers = {error(403, "InvalidObjectState")};
  CHECK(!world.s3->get(world.object, 100, world.limit));
  CHECK(world.http.requests.size() == 3);
  CHECK(!world.s3->pays("bundles"));
  world.http.answers = {
    FakeHttp::response(200, "", {{"x-amz-archive-status", "DEEP_ARCHIVE_ACCESS"}})};
  CHECK(world.s3->head(world.object, world.limit)->archive == "DEEP_ARCHIVE_ACCESS");
}

TEST_CASE("client::make_s3_client writes what is new, encrypted, with its digest")
{
  S3World world;
  world.http.answers = {error(503, "SlowDown"), FakeHttp::response(200, "")};
  CHECK(world.s3->put(world.object, "bytes",
                      {.only_new = true, .encrypted = true, .sha256 = sha256("bytes")},
                      world.limit));
  const io::HttpRequest& request = world.request(1);
  CHECK(request.method == "PUT");
  CHECK(request.body == "bytes");
  CHECK(header(request, "if-none-match") == "*");
  CHECK(header(request, "x-amz-server-side-encryption") == "AES256");
  CHECK(header(request, "x-amz-checksum-sha256") == to_base64(sha256("bytes")));
  CHECK(header(request, "x-amz-meta-flame-ec2-sha256") == to_hex(sha256("bytes")));
  CHECK(header(request, "x-amz-content-sha256") == to_hex(sha256("bytes")));
  world.http.answers = {error(412, "PreconditionFailed")};
  CHECK(world.s3->put(world.object, "bytes", {.only_new = true}, world.limit).error().http_status
        == 412);
}

TEST_CASE("client::make_s3_client lists all pages")
{
  S3World world;
  world.http.answers = {
    FakeHttp::response(200, "<ListBucketResult><IsTruncated>true</IsTruncated>"
                            "<NextContinuationToken>a+/=</NextContinuationToken>"
                            "<Contents><Key>p/1</Key><Size>1</Size></Contents></ListBucketResult>"),
    FakeHttp::response(200, "<ListBucketResult><Contents><Key>p/2</Key><Size>2</Size></Contents>"
                            "</ListBucketResult>")};
  const auto entries = world.s3->list({.bucket = "bundles", .key = "p/"}, world.limit);
  REQUIRE(entries);
  REQUIRE(entries->size() == 2);
  CHECK((*entries)[1].key == "p/2");
  CHECK(world.request(0).url
        == "https://bundles.s3.eu-west-1.amazonaws.com/?list-type=2&encoding-type=url&prefix=p%2F");
  CHECK(world.request(1).url.ends_with("&continuation-token=a%2B%2F%3D"));
}

TEST_CASE("client::make_s3_client uploads in parts")
{
  S3World world;
  world.http.answers = {
    FakeHttp::response(200, "<InitiateMultipartUploadResult><UploadId>u/1</UploadId>"
                            "</InitiateMultipartUploadResult>"),
    FakeHttp::response(200, "", {{"etag", "\"p1\""}}),
    FakeHttp::response(200, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>"),
    FakeHttp::response(204, ""), FakeHttp::response(200, "")};
  const auto id = world.s3->begin_upload(
    world.object, {.only_new = true, .encrypted = true, .sha256 = sha256("part")}, world.limit);
  REQUIRE(id);
  CHECK(*id == "u/1");
  const auto etag = world.s3->put_part(world.object, *id, 1, "part", world.limit);
  REQUIRE(etag);
  const std::vector<std::pair<int, std::string>> parts = {{1, *etag}};
  CHECK(world.s3->complete_upload(world.object, *id, parts, {.only_new = true}, world.limit));
  CHECK(world.s3->abort_upload(world.object, *id, world.limit));
  CHECK(world.request(0).url.ends_with("/rel/app.tar.gz?uploads="));
  CHECK(header(world.request(0), "x-amz-meta-flame-ec2-sha256") == to_hex(sha256("part")));
  CHECK(header(world.request(0), "x-amz-checksum-sha256").empty()); // it is of the whole
  CHECK(header(world.request(0), "if-none-match").empty());
  CHECK(world.request(1).url.ends_with("?partNumber=1&uploadId=u%2F1"));
  CHECK(world.request(2).body.find("<ETag>&quot;p1&quot;</ETag>") != std::string::npos);
  CHECK(header(world.request(2), "if-none-match") == "*");
  CHECK(world.request(3).method == "DELETE");
  CHECK(!world.s3->put_part(world.object, *id, 2, "part", world.limit)); // without an ETag
}

TEST_CASE("client::make_s3_client gives no address that dies at once")
{
  S3World world;
  world.keys.front()->expiration = world.clock.wall() - 1s;
  const auto url = world.s3->presigned_get(world.object, world.clock.wall(), 10min);
  REQUIRE(!url);
  CHECK(url.error().kind == ErrorKind::credentials);
  const auto form = world.s3->form("bundles", "runs/", 100, world.clock.wall(), 10min);
  REQUIRE(!form);
  CHECK(form.error().kind == ErrorKind::credentials);
}
