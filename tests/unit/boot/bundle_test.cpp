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
  CHECK(zip.error().hint.starts_with("a bundle ends in one of \".tar.gz\", \".tgz\""));

  for (const std::string_view url :
       {"http://b/app.tar.gz", "ftp://b/app.tar.gz", "s3://", "s3:///", "https://b/app.zip",
        "https:///app.tar.gz", "https://b/a\" b.tar.gz", "https://b/app?x=.tar.gz"}) {
    CAPTURE(url);
    const auto bundle = parse_bundle(url);
    REQUIRE(!bundle);
    CHECK(bundle.error().kind == ErrorKind::config);
  }
}

TEST_CASE("boot::parse_bundle takes nothing for an empty folder")
{
  const auto nothing = parse_bundle("");
  REQUIRE(nothing);
  CHECK(nothing->kind == BundleKind::nothing);
  CHECK(nothing->type == nullptr);
}

TEST_CASE("boot::parse_bundle knows the kinds")
{
  CHECK(parse_bundle("s3://bucket/rel/app/")->kind == BundleKind::s3_folder);
  CHECK(parse_bundle("s3://bucket/rel/app/")->object.key == "rel/app/");
  CHECK(parse_bundle("s3://bucket/")->object.key.empty());
  const auto web = parse_bundle("https://host/app.tar.gz?token=1");
  CHECK(web->kind == BundleKind::web);
  CHECK(web->place == "https://host/app.tar.gz?token=1");
  CHECK(parse_bundle("_build/app-1.0.tar.gz")->kind == BundleKind::file);
  const auto folder = parse_bundle("_build/prod/rel/app");
  CHECK(folder->kind == BundleKind::folder);
  CHECK(folder->type->format == "tar.gz");
}

TEST_CASE("boot: which files of a release are programs")
{
  for (const char* path :
       {"bin/app", "release/bin/app", "erts-14.2/bin/erlexec", "release/erts-14.2/bin/beam.smp",
        "releases/1.0.0/elixir", "releases/1.0.0/iex", "myrel/bin/app", "myrel/erts-1/bin/sl",
        "my rel-1.0/releases/1.0.0/iex"}) {
    CAPTURE(path);
    CHECK(is_program(path));
  }
  for (const char* path : {"bin", "releases/1.0.0/env.sh", "lib/app-1.0/bin/x", "x/y/bin/app",
                           "bin/bin/app", "releases/bin/app", "erts-1/erts-1/bin/x", "myrel", "",
                           "erts-14.2/lib/x", "releases/COOKIE", "releases/elixir", "bin/a/b"}) {
    CAPTURE(path);
    CHECK(!is_program(path));
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
