#include "aws/s3_form.hpp"
#include "base/encoding.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::aws;

namespace {

S3Form form(const std::string& token)
{
  const Seconds now = *parse_iso8601("2026-01-15T08:15:30Z");
  return sign_s3_form({.bucket = "my-bucket",
                       .prefix = "flame/runs/ci \"7\"/",
                       .longest = 16'777'216,
                       .expires = now + std::chrono::hours(1)},
                      "https://my-bucket.s3.eu-west-1.amazonaws.com/", {"eu-west-1", "s3", now},
                      {.access_key_id = "AKIDEXAMPLE",
                       .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                       .session_token = token});
}

std::string field(const S3Form& form, std::string_view name)
{
  const auto found =
    std::ranges::find(form.fields, name, &std::pair<std::string, std::string>::first);
  return found == form.fields.end() ? "" : found->second;
}

} // namespace

// The signatures are those of botocore's generate_presigned_post for the same.
TEST_CASE("aws: a form is signed byte for byte as botocore signs it")
{
  const S3Form plain = form("");
  CHECK(plain.url == "https://my-bucket.s3.eu-west-1.amazonaws.com/");
  CHECK(*from_base64(field(plain, "policy"))
        == R"({"expiration": "2026-01-15T09:15:30Z", "conditions": )"
           R"([["content-length-range", 0, 16777216], {"x-amz-server-side-encryption": "AES256"}, )"
           R"({"bucket": "my-bucket"}, ["starts-with", "$key", "flame/runs/ci \"7\"/"], )"
           R"({"x-amz-algorithm": "AWS4-HMAC-SHA256"}, )"
           R"({"x-amz-credential": "AKIDEXAMPLE/20260115/eu-west-1/s3/aws4_request"}, )"
           R"({"x-amz-date": "20260115T081530Z"}]})");
  CHECK(field(plain, "x-amz-signature")
        == "a1d2b8e0876f877c253b013bf02bfec7a2dcb80634ebc1a636583dbe6d2f08aa");
}

// Source: Amazon S3 API Reference, "Creating a POST policy", "Character escaping".
TEST_CASE("aws: what a prefix holds is escaped as a policy wants it")
{
  const S3Form form = sign_s3_form({.bucket = "b", .prefix = "a$b\\\x01/"}, "https://b/",
                                   {"eu-west-1", "s3", Seconds()}, {});
  CHECK(from_base64(field(form, "policy"))->find(R"(["starts-with", "$key", "a\$b\\\u0001/"])")
        != std::string::npos);
}

TEST_CASE("aws: temporary credentials are part of the form")
{
  const S3Form temporary = form("TOKEN/+=");
  CHECK(field(temporary, "x-amz-security-token") == "TOKEN/+=");
  CHECK(field(temporary, "x-amz-signature")
        == "bc03435424d423085c34b715a88a620944f75b4fa29755e7c1d54b7da5da79f4");
}
