#include "boot/reach.hpp"
#include "support/fake_s3.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::boot;
using config::Settings;

namespace {

struct World {
  test::FakeS3 s3 = {};
  Settings settings = {.region = "eu-west-1"};

  World() { s3.objects["bundles/app.tar.gz"] = "bytes"; }
  Result<Reached> reach(const std::string& url = "s3://bundles/app.tar.gz")
  {
    return reach_object(*parse_bundle(url), settings, s3, {});
  }
  std::string refusal(const std::string& url = "s3://bundles/app.tar.gz")
  {
    const auto reached = reach(url);
    REQUIRE(!reached);
    CHECK(reached.error().kind == ErrorKind::config);
    return reached.error().message;
  }
};

} // namespace

TEST_CASE("boot::reach_object pins the object that is there")
{
  World world;
  world.s3.heads["bundles/app.tar.gz"] = {
    .size = 5, .etag = "\"e\"", .version_id = "v1", .sha256 = std::string(64, 'a')};
  const auto reached = world.reach();
  REQUIRE(reached);
  CHECK(reached->object.version_id.empty()); // to get one is another right
  CHECK(reached->fetch.format == "tar.gz");
  CHECK(reached->fetch.etag == "\"e\"");
  CHECK(reached->fetch.size == 5);
  CHECK(reached->fetch.sha256 == std::string(64, 'a'));
  CHECK(reached->fetch.bucket.empty());
  CHECK(reached->warnings.empty());
  CHECK(world.reach("s3://bundles/app.tar.gz?versionId=v0")->object.version_id == "v0");
}

TEST_CASE("boot::reach_object refuses what no machine could fetch")
{
  World world;
  CHECK(world.refusal("s3://bundles/other.tar.gz")
        == "the bundle s3://bundles/other.tar.gz is not there");
  world.s3.heads["bundles/app.tar.gz"] = {.size = 5, .storage_class = "DEEP_ARCHIVE"};
  CHECK(world.refusal()
        == "the bundle s3://bundles/app.tar.gz is archived (DEEP_ARCHIVE) and cannot be fetched");
  world.s3.heads["bundles/app.tar.gz"].restore = "ongoing-request=\"true\"";
  CHECK(!world.reach());
  world.s3.heads["bundles/app.tar.gz"].restore = "ongoing-request=\"false\", expiry-date=\"x\"";
  CHECK(world.reach());
  world.s3.heads["bundles/app.tar.gz"] = {.size = 5, .storage_class = "INTELLIGENT_TIERING"};
  CHECK(world.reach());
  world.s3.heads["bundles/app.tar.gz"].archive = "ARCHIVE_ACCESS";
  CHECK(world.refusal()
        == "the bundle s3://bundles/app.tar.gz is archived (ARCHIVE_ACCESS) and cannot be fetched");
  world.s3.heads["bundles/app.tar.gz"] = {};
  CHECK(world.refusal() == "the bundle s3://bundles/app.tar.gz is empty");
  world.s3.refused["head"] = test::s3_failure(aws::ErrorClass::unknown, "MethodNotAllowed", 405);
  CHECK(world.refusal().find("delete marker") != std::string::npos);
}

TEST_CASE("boot::reach_object holds against the digest that is asked for")
{
  World world;
  world.settings.bundle_sha256 = to_hex(sha256("bytes"));
  CHECK(world.reach()->fetch.sha256 == world.settings.bundle_sha256);
  world.settings.bundle_sha256 = std::string(64, '0');
  CHECK(world.refusal().find("has SHA-256 " + to_hex(sha256("bytes"))) != std::string::npos);
  world.s3.heads["bundles/app.tar.gz"] = {.size = 5}; // S3 does not know: the machine checks it
  CHECK(world.reach()->fetch.sha256 == std::string(64, '0'));
}

TEST_CASE("boot::reach_object takes a missing right for a warning")
{
  World world;
  world.s3.refused["head"] = test::s3_failure(aws::ErrorClass::permission, "", 403);
  const auto reached = world.reach();
  REQUIRE(reached);
  REQUIRE(reached->warnings.size() == 1);
  CHECK(reached->warnings[0].starts_with("no permission to look at the bundle s3://bundles/"));
  world.s3.refused["head"] = test::s3_failure(aws::ErrorClass::transient, "SlowDown", 503);
  CHECK(world.reach().error().kind == ErrorKind::network);
}

TEST_CASE("boot::reach_object says what will cost")
{
  World world;
  world.s3.regions["bundles"] = "us-west-2";
  world.s3.payers = {"bundles"};
  const auto reached = world.reach();
  REQUIRE(reached->notices.size() == 3);
  CHECK(reached->notices[1].find("pays for it") != std::string::npos);
  CHECK(reached->notices[2].starts_with("bucket bundles is in us-west-2, not in eu-west-1"));
}

TEST_CASE("boot::reach_object tells a machine with a role what to sign for")
{
  World world;
  world.settings.bundle_access = "instance-role";
  world.settings.endpoints["s3"] = "http://127.0.0.1:1";
  world.s3.regions["bundles"] = "us-west-2";
  const auto reached = world.reach("s3://bundles/app.tar.gz?versionId=v1");
  REQUIRE(reached);
  CHECK(reached->fetch.bucket == "bundles");
  CHECK(reached->fetch.key == "app.tar.gz");
  CHECK(reached->fetch.url == "https://bundles/app.tar.gz?versionId=v1");
  CHECK(reached->fetch.region == "us-west-2");
  CHECK(reached->fetch.endpoint == "http://127.0.0.1:1");
}

TEST_CASE("boot::folder_entries finds the release in a folder")
{
  const aws::S3Object folder{.bucket = "b", .key = "rel/"};
  const auto plain = folder_entries(
    folder, {{.key = "rel/lib/"}, {.key = "rel/releases/COOKIE"}, {.key = "rel/bin/app"}});
  REQUIRE(plain);
  REQUIRE(plain->size() == 2);
  CHECK((*plain)[0].path == "bin/app");
  const auto inside =
    folder_entries(folder, {{.key = "rel/release/bin/app"}, {.key = "rel/release/lib/x"}});
  CHECK((*inside)[0].path == "bin/app");
  CHECK((*folder_entries(folder, {{.key = "rel/release/bin/app"}, {.key = "rel/x"}}))[0].path
        == "release/bin/app");
}

TEST_CASE("boot::folder_entries refuses what leads elsewhere, all at once")
{
  const aws::S3Object folder{.bucket = "b", .key = "rel/"};
  const auto bad = folder_entries(folder, {{.key = "rel/../x"},
                                           {.key = "rel//etc/x"},
                                           {.key = "rel/a//b"},
                                           {.key = "rel/a\nb"},
                                           {.key = "rel/ok", .storage_class = "GLACIER"}});
  REQUIRE(!bad);
  CHECK(bad.error().message == "\"../x\" in the bundle s3://b/rel/ leads out of its folder");
  CHECK(bad.error().also.size() == 4);
  CHECK(folder_entries(folder, {}).error().message == "the bundle s3://b/rel/ holds no objects");
}

TEST_CASE("boot::listing_digest changes with any object")
{
  const auto digest = [](const std::string& path, const std::string& etag, std::uint64_t size) {
    return listing_digest({{path, {.size = size, .etag = etag}}});
  };
  CHECK(digest("a", "1", 1) == digest("a", "1", 1));
  CHECK(digest("a", "1", 1) != digest("b", "1", 1));
  CHECK(digest("a", "1", 1) != digest("a", "2", 1));
  CHECK(digest("a", "1", 1) != digest("a", "1", 2));
}

TEST_CASE("boot::check_room: a bundle that the disk cannot hold is refused, a large one warned of")
{
  const auto room = [](std::uint64_t size, std::uint64_t disk) {
    Reached reached{.fetch = {.size = size}};
    const auto checked = check_room(reached, disk);
    return checked ? reached.warnings.size() : 9;
  };
  CHECK(room(100, 0) == 0); // nobody knows
  CHECK(room(50, 100) == 0);
  CHECK(room(51, 100) == 1);
  CHECK(room(100, 100) == 1);
  CHECK(room(101, 100) == 9);
}
