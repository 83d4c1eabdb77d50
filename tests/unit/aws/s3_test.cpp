#include "aws/s3.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::aws;

namespace {

std::string s3_url(std::string bucket, std::string key, std::string custom = "")
{
  return url_of(*s3_request("GET", {std::move(bucket), std::move(key), ""},
                            {.region = "eu-west-1", .custom = std::move(custom)}));
}

} // namespace

TEST_CASE("aws: an S3 URL names bucket and key")
{
  const auto object = parse_s3_url("s3://my-bucket/releases/my app.tar.gz");
  REQUIRE(object);
  CHECK(object->bucket == "my-bucket");
  CHECK(object->key == "releases/my app.tar.gz");
  CHECK(object->version_id.empty());
}

TEST_CASE("aws: a key is taken as it is, a version apart")
{
  CHECK(parse_s3_url("s3://bucket//a//../b")->key == "/a//../b");
  CHECK(parse_s3_url("s3://bucket/a%20b?c#d")->key == "a%20b?c#d");
  CHECK(parse_s3_url("s3://bucket/\u00fcn\u00ef")->key == "\u00fcn\u00ef");
  const auto versioned = parse_s3_url("s3://bucket/a?b?versionId=3sL4kq%2BtJ");
  REQUIRE(versioned);
  CHECK(versioned->key == "a?b");
  CHECK(versioned->version_id == "3sL4kq+tJ");
}

TEST_CASE("aws: old and alias bucket names are taken")
{
  for (const char* url :
       {"s3://My_Old.Bucket/k", "s3://abc/k", "s3://a.b-c.d/k", "s3://name-x1y2z3-s3alias/k"}) {
    CAPTURE(url);
    CHECK(parse_s3_url(url));
  }
}

TEST_CASE("aws: a wrong S3 URL says what is wrong")
{
  struct Row {
    std::string url;
    std::string why;
  };
  const std::string long_key(1025, 'k');
  for (const auto& [url, why] :
       {Row{"https://b/app.tar.gz", "does not start with s3://"},
        Row{"", "does not start with s3://"}, Row{"S3://bucket/k", "does not start with s3://"},
        Row{"s3://", "has a bucket name that is empty"},
        Row{"s3:///k", "has a bucket name that is empty"},
        Row{"s3://ab/k", "has a bucket name that is not 3 to 63 letters long"},
        Row{"s3://bu cket/k", "has a bucket name that has letters that no bucket has"},
        Row{"s3://arn:aws:s3/k", "has an ARN that is of no access point of S3"},
        Row{"s3://a..b/k", "has a bucket name that is not a name that S3 gives"},
        Row{"s3://-ab/k", "has a bucket name that is not a name that S3 gives"},
        Row{"s3://192.168.5.4/k", "has a bucket name that is not a name that S3 gives"},
        Row{"s3://b--use1-az4--x-s3/k",
            "has a bucket name that is a directory bucket, which needs sessions that flame-ec2 "
            "does not make"},
        Row{"s3://bucket", "names no object"}, Row{"s3://bucket/", "names no object"},
        Row{"s3://bucket/?versionId=1", "names no object"},
        Row{"s3://bucket/k?versionId=", "has an empty versionId"},
        Row{"s3://bucket/" + long_key, "has a key of 1025 bytes; S3 takes 1024"}}) {
    CAPTURE(url);
    const auto object = parse_s3_url(url);
    REQUIRE(!object);
    CHECK(object.error().kind == ErrorKind::config);
    CHECK(object.error().message == "the S3 URL \"" + url + "\" " + why);
    CHECK(object.error().hint == "write it as s3://bucket/path/to/object");
  }
}

TEST_CASE("aws: an S3 URL that no terminal should see is not shown")
{
  for (const char* url : {"s3://bucket/a\nb", "s3://bucket/\x1b[31m", "s3://bucket/\xff"}) {
    const auto object = parse_s3_url(url);
    REQUIRE(!object);
    CHECK(object.error().message == "the S3 URL holds control characters or is not UTF-8");
  }
}

TEST_CASE("aws: buckets are names of hosts where they can be")
{
  CHECK(s3_url("my-bucket", "a/b") == "https://my-bucket.s3.eu-west-1.amazonaws.com/a/b");
  CHECK(s3_url("my.bucket", "a/b") == "https://s3.eu-west-1.amazonaws.com/my.bucket/a/b");
  CHECK(s3_url("Old_Bucket", "k") == "https://s3.eu-west-1.amazonaws.com/Old_Bucket/k");
  CHECK(s3_url(std::string(64, 'b'), "k")
        == "https://s3.eu-west-1.amazonaws.com/" + std::string(64, 'b') + "/k");
}

TEST_CASE("aws: custom endpoints keep their port and prefix")
{
  CHECK(s3_url("my-bucket", "k", "http://127.0.0.1:4566/s3")
        == "http://127.0.0.1:4566/s3/my-bucket/k");
  CHECK(s3_url("my-bucket", "k", "http://localhost:9000") == "http://localhost:9000/my-bucket/k");
  CHECK(s3_url("my-bucket", "k", "http://[::1]:9000") == "http://[::1]:9000/my-bucket/k");
  CHECK(s3_url("my-bucket", "k", "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com")
        == "https://my-bucket.bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com/k");
}

TEST_CASE("aws: keys are escaped once, and slashes stay")
{
  CHECK(s3_url("my-bucket", "/a//b/../c/./d")
        == "https://my-bucket.s3.eu-west-1.amazonaws.com//a//b/../c/./d");
  CHECK(s3_url("my-bucket", "a+b~c(d)'%20\u00fc$")
        == "https://my-bucket.s3.eu-west-1.amazonaws.com/a%2Bb~c%28d%29%27%2520%C3%BC%24");
  const Request request = *s3_request("HEAD", {"my-bucket", "k", "v+1"}, {.region = "us-east-1"});
  CHECK(request.method == "HEAD");
  CHECK(request.query == "versionId=v%2B1");
  CHECK(request.headers.empty());
}

TEST_CASE("aws: an access point is a bucket of its own region")
{
  const std::string arn = "arn:aws:s3:eu-west-3:123456789012:accesspoint/mine";
  const S3Place place{.region = "eu-west-1"};
  for (const std::string& url :
       {"s3://" + arn + "/a/b",
        std::string("s3://arn:aws:s3:eu-west-3:123456789012:accesspoint:mine/a/b")}) {
    CAPTURE(url);
    const auto object = parse_s3_url(url);
    REQUIRE(object);
    CHECK(object->key == "a/b");
    CHECK(s3_region(*object, place) == "eu-west-3");
    CHECK(url_of(*s3_request("GET", *object, place))
          == "https://mine-123456789012.s3-accesspoint.eu-west-3.amazonaws.com/a/b");
  }
  for (const char* url :
       {"s3://arn:aws:s3:eu-west-3:123456789012:accesspoint/mine",
        "s3://arn:aws:s3:eu-west-3:1:accesspoint/mine/k",
        "s3://arn:aws-cn:s3:eu-west-3:123456789012:accesspoint/mine/k",
        "s3://arn:aws:s3:::bucket/k", "s3://arn:aws:s3:eu-west-3:123456789012:accesspoint/m.e/k",
        "s3://arn:aws:s3-outposts:eu-west-3:123456789012:outpost/op-1/accesspoint/mine/k"}) {
    CAPTURE(url);
    CHECK(!parse_s3_url(url));
  }
}

TEST_CASE("aws: FIPS and dual-stack endpoints of S3, and addressing that is asked for")
{
  const S3Object object{"my-bucket", "k", ""};
  S3Place place{.region = "eu-west-1", .variant = {.fips = true, .dual_stack = true}};
  CHECK(url_of(*s3_request("GET", object, place))
        == "https://my-bucket.s3-fips.dualstack.eu-west-1.amazonaws.com/k");
  place.addressing = S3Place::Addressing::path;
  CHECK(url_of(*s3_request("GET", object, place))
        == "https://s3-fips.dualstack.eu-west-1.amazonaws.com/my-bucket/k");
  place.custom = "https://s3.example.com";
  CHECK(s3_request("GET", object, place).error().kind == ErrorKind::config);
  place.variant = {};
  CHECK(url_of(*s3_request("GET", object, place)) == "https://s3.example.com/my-bucket/k");
  const S3Object foreign{"arn:aws:s3:eu-west-3:123456789012:accesspoint/mine", "k", ""};
  CHECK(s3_request("GET", foreign, {.region = "cn-north-1"}).error().message
        == "the access point " + foreign.bucket + " is of another partition than cn-north-1");
  place = {.region = "cn-north-1", .variant = {.fips = true}};
  CHECK(s3_request("GET", object, place).error().message == "S3 has no FIPS endpoints in China");
}

TEST_CASE("aws: an answer tells the bucket's region, and nothing else than one")
{
  CHECK(bucket_region("eu-west-3", "") == "eu-west-3");
  CHECK(bucket_region(
          "", "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>")
        == "ap-south-1");
  CHECK(bucket_region("eu-west-3", "<Error><Region>ap-south-1</Region></Error>") == "eu-west-3");
  for (const char* region :
       {"", "evil.example", "eu west 1", "eu-west-1.evil.example/x", "EU-WEST-1"}) {
    CAPTURE(region);
    CHECK(bucket_region(region, "").empty());
  }
  CHECK(bucket_region("", "<html/>").empty());
  CHECK(bucket_region("", "<Error><Region>a/b</Region></Error>").empty());
}
