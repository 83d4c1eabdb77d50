#include "base/digest.hpp"
#include "cli/upload.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_s3.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace flame;
using namespace flame::cli;
using Calls = std::vector<std::string>;

namespace {

struct Quiet : boot::Progress {
  std::vector<std::string> said = {};
  void doing(std::string_view sentence) override { said.emplace_back(sentence); }
  void note(std::string_view sentence) override { said.emplace_back(sentence); }
};

struct World {
  test::TempFolder folder = {};
  test::FakeS3 s3 = {};
  test::FakeCancel cancel = {};
  Quiet progress = {};
  std::string content = "the bundle";
  std::uint64_t in_one_piece = 1000;

  Result<bool> send() { return send_by(s3); }
  Result<bool> send_by(test::FakeS3& to)
  {
    const std::string path = folder.path() + "/app.tar.gz";
    std::ofstream(path, std::ios::binary) << content;
    return upload(
      {.path = path, .to = {.bucket = "b", .key = "k"}, .sha256 = to_hex(sha256(content))},
      {.s3 = to,
       .limit = [] { return aws::CallLimit(); },
       .progress = progress,
       .cancel = cancel,
       .in_one_piece = in_one_piece});
  }
};

} // namespace

TEST_CASE("cli::upload writes what is not there, once")
{
  World world;
  CHECK(world.send() == true);
  CHECK(world.s3.objects["b/k"] == "the bundle");
  CHECK(world.send() == false);
  CHECK(world.s3.calls == Calls{"head b/k", "put b/k", "head b/k"});
}

TEST_CASE("cli::upload replaces what stands under its name and is something else")
{
  World world;
  world.s3.objects["b/k"] = "cut off";
  CHECK(world.send() == true);
  CHECK(world.s3.objects["b/k"] == "the bundle");
  world.s3.objects["b/k"] = "the rubble"; // as long
  CHECK(world.send() == true);
  CHECK(world.s3.objects["b/k"] == "the bundle");
}

TEST_CASE("cli::upload needs no right to look, and loses no race")
{
  World world;
  world.s3.refused["head"] = test::s3_failure(aws::ErrorClass::permission, "", 403);
  world.s3.objects["b/k"] = "the bundle"; // of somebody else, a moment ago
  CHECK(world.send() == true);
  CHECK(world.s3.calls == Calls{"head b/k", "put b/k"});
}

TEST_CASE("cli::upload says where it could not write")
{
  World world;
  world.s3.refused["put"] = test::s3_failure(aws::ErrorClass::permission, "AccessDenied", 403);
  const auto denied = world.send();
  REQUIRE(!denied);
  CHECK(denied.error().kind == ErrorKind::denied);
  CHECK(denied.error().message == "cannot upload the bundle to s3://b/k: S3 says AccessDenied");
}

TEST_CASE("cli::upload sends a large file in parts")
{
  World world;
  world.content = std::string(40UL * 1024 * 1024, 'x') + "end";
  CHECK(world.send() == true);
  CHECK(world.s3.objects["b/k"] == world.content);
  CHECK(world.s3.calls
        == Calls{"head b/k", "begin b/k", "part b/k", "part b/k", "part b/k", "complete b/k"});
  CHECK(world.progress.said.back() == "uploading 40.0 of 40.0 MiB");
}

TEST_CASE("cli::upload takes no object whose digest nobody knows for the file")
{
  World world;
  world.s3.objects["b/k"] = "the rubble";
  world.s3.heads["b/k"] = {.size = world.content.size(), .etag = "\"0-2\""}; // of parts
  CHECK(world.send() == true);
  CHECK(world.s3.objects["b/k"] == "the bundle");
}

TEST_CASE("cli::upload completes nothing of a file that changes meanwhile")
{
  struct Meanwhile : test::FakeS3 {
    std::string path = {};
    std::string sha256 = {};
    aws::Outcome<std::string> begin_upload(const aws::S3Object& object, const aws::S3Put& how,
                                           aws::CallLimit limit) override
    {
      sha256 = to_hex(how.sha256);
      std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << "y";
      return FakeS3::begin_upload(object, how, limit);
    }
  };
  Meanwhile s3;
  World world;
  s3.path = world.folder.path() + "/app.tar.gz";
  world.content = std::string(20UL * 1024 * 1024, 'x');
  const auto sent = world.send_by(s3);
  REQUIRE(!sent);
  CHECK(sent.error().kind == ErrorKind::config);
  CHECK(sent.error().message == s3.path + " has changed while it was uploaded");
  CHECK(s3.calls.back() == "abort b/k");
  CHECK(s3.sha256 == to_hex(sha256(world.content))); // goes with the upload
}

TEST_CASE("cli::upload leaves no parts behind")
{
  World world;
  world.content = std::string(20UL * 1024 * 1024, 'x');
  world.s3.refused["part"] = test::s3_failure(aws::ErrorClass::transient, "InternalError", 500);
  CHECK(!world.send());
  CHECK(world.s3.calls.back() == "abort b/k");
  world.s3.refused.clear();
  world.s3.refused["complete"] = test::s3_failure(aws::ErrorClass::parameter, "InvalidPart", 400);
  CHECK(!world.send());
  CHECK(world.s3.calls.back() == "abort b/k");
  world.cancel.now.signal = 2;
  const auto interrupted = world.send();
  REQUIRE(!interrupted);
  CHECK(interrupted.error().kind == ErrorKind::interrupted);
  CHECK(interrupted.error().signal == 2);
  CHECK(world.s3.calls.back() == "abort b/k");
}

TEST_CASE("cli::upload finds that it was completed by a try whose answer was lost")
{
  struct Lossy : test::FakeS3 {
    aws::Outcome<void> complete_upload(const aws::S3Object& object, const std::string& upload,
                                       std::span<const std::pair<int, std::string>> parts,
                                       const aws::S3Put& how, aws::CallLimit limit) override
    {
      (void)FakeS3::complete_upload(object, upload, parts, how, limit);
      return tl::unexpected(test::s3_failure(aws::ErrorClass::parameter, "NoSuchUpload", 404));
    }
  };
  Lossy s3;
  World world;
  world.content = std::string(20UL * 1024 * 1024, 'x');
  CHECK(world.send_by(s3) == true);
  CHECK(s3.objects["b/k"] == world.content);
  CHECK(world.send_by(s3) == false);
}

TEST_CASE("cli::upload says what of the file is wrong")
{
  World world;
  const auto gone = upload({.path = world.folder.path() + "/none", .to = {.bucket = "b"}},
                           {.s3 = world.s3,
                            .limit = [] { return aws::CallLimit(); },
                            .progress = world.progress,
                            .cancel = world.cancel});
  REQUIRE(!gone);
  CHECK(gone.error().kind == ErrorKind::config);
  CHECK(world.s3.calls.empty());
}
