#include "aws/s3_xml.hpp"

#include <doctest/doctest.h>

using namespace flame::aws;

TEST_CASE("aws: a page of a list gives its objects and how to go on")
{
  const auto page = parse_s3_page(
    R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
<IsTruncated>true</IsTruncated><NextContinuationToken>1/x+y==</NextContinuationToken>
<Contents><Key>rel/a+b%2Bc</Key><ETag>&quot;0f&quot;</ETag><Size>12</Size>
<StorageClass>GLACIER</StorageClass></Contents>
<Contents><Key>rel/empty</Key><ETag>"1f"</ETag><Size>0</Size></Contents></ListBucketResult>)");
  REQUIRE(page);
  REQUIRE(page->entries.size() == 2);
  CHECK(page->entries[0].key == "rel/a b+c");
  CHECK(page->entries[0].etag == "\"0f\"");
  CHECK(page->entries[0].size == 12);
  CHECK(page->entries[0].storage_class == "GLACIER");
  CHECK(page->next_token == "1/x+y==");
}

TEST_CASE("aws: the last page has no token, and may be empty")
{
  const auto page =
    parse_s3_page("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
  REQUIRE(page);
  CHECK(page->entries.empty());
  CHECK(page->next_token.empty());
}

TEST_CASE("aws: a list that cannot be one is not believed")
{
  for (const char* xml :
       {"", "<html></html>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key><Size>99999999999999999999</Size></Contents>"
        "</ListBucketResult>",
        "<ListBucketResult>"}) {
    CAPTURE(xml);
    const auto page = parse_s3_page(xml);
    REQUIRE(!page);
    CHECK(page.error().error_class == ErrorClass::answer);
  }
}

TEST_CASE("aws: an upload that is begun has an id, one that is completed may still have failed")
{
  CHECK(*parse_upload_id("<InitiateMultipartUploadResult><UploadId>u-1</UploadId>"
                         "</InitiateMultipartUploadResult>")
        == "u-1");
  CHECK(!parse_upload_id("<InitiateMultipartUploadResult></InitiateMultipartUploadResult>"));
  CHECK(parse_completed("<CompleteMultipartUploadResult><ETag>\"1-2\"</ETag>"
                        "</CompleteMultipartUploadResult>"));
  const auto late = parse_completed(
    "<Error><Code>InternalError</Code><Message>We encountered an error</Message></Error>");
  REQUIRE(!late);
  CHECK(late.error().error.aws_code == "InternalError");
  CHECK(late.error().error_class == ErrorClass::transient);
}

TEST_CASE("aws: the parts of an upload are told in XML")
{
  const std::vector<std::pair<int, std::string>> parts = {{1, "\"a\""}, {2, "<&>"}};
  CHECK(completed_upload(parts)
        == "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
           "<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
           "<Part><PartNumber>2</PartNumber><ETag>&lt;&amp;></ETag></Part>"
           "</CompleteMultipartUpload>");
}
