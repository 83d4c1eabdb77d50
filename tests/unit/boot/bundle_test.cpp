#include "boot/bundle.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::boot;

TEST_CASE("boot::parse_bundle knows the format by the URL's ending")
{
  struct Row {
    std::string_view url;
    std::string_view format;
  };
  for (const Row& row : {Row{"s3://bucket/app.tar.gz", "tar.gz"},
                         {"s3://bucket/a/b-1.0.tgz", "tar.gz"},
                         {"s3://bucket/app.tar.zst", "tar.zst"},
                         {"s3://bucket/app.tar.xz", "tar.xz"},
                         {"s3://bucket/app.tar", "tar"}}) {
    CAPTURE(row.url);
    const auto bundle = parse_bundle(row.url);
    REQUIRE(bundle);
    CHECK(bundle->type->format == row.format);
    CHECK(bundle->object.bucket == "bucket");
  }
  CHECK(parse_bundle("s3://bucket/app.tar.gz?versionId=v1")->object.version_id == "v1");
}

TEST_CASE("boot::parse_bundle says what is wrong with the URL")
{
  const auto zip = parse_bundle("s3://bucket/app.zip");
  REQUIRE(!zip);
  CHECK(zip.error().kind == ErrorKind::config);
  CHECK(zip.error().message == "bundle \"s3://bucket/app.zip\" has no known ending");
  CHECK(zip.error().hint
        == "a bundle ends in one of \".tar.gz\", \".tgz\", \".tar.zst\", \".tar.xz\", \".tar\"");

  for (const std::string_view url : {"https://b/app.tar.gz", "app.tar.gz", "s3://", ""}) {
    CAPTURE(url);
    const auto bundle = parse_bundle(url);
    REQUIRE(!bundle);
    CHECK(bundle.error().kind == ErrorKind::config);
  }
}

TEST_CASE("boot::bundle_types holds together")
{
  for (const BundleType& type : bundle_types()) {
    CAPTURE(type.suffix);
    CHECK(std::ranges::count(bundle_types(), type.suffix, &BundleType::suffix) == 1);
    const BundleType* const found = find_bundle_type(type.format);
    REQUIRE(found != nullptr);
    CHECK(found->unpacker == type.unpacker);
  }
  CHECK(find_bundle_type("zip") == nullptr);
}
