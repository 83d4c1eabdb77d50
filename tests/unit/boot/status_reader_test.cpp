#include "boot/status_reader.hpp"
#include "support/fake_s3.hpp"

#include <doctest/doctest.h>

using namespace flame;

namespace {

const aws::S3Object k_boot{.bucket = "b", .key = "runs/ci-7/a/"};

} // namespace

TEST_CASE("boot::read_status reads what a machine has written of itself")
{
  test::FakeS3 s3;
  CHECK(boot::read_status(s3, k_boot, "i-1", {})->empty());
  s3.objects["b/runs/ci-7/a/i-1/status"] = "flame-ec2 0123abcd stage=boot t=0.10 .\n";
  CHECK(*boot::read_status(s3, k_boot, "i-1", {}) == "flame-ec2 0123abcd stage=boot t=0.10 .\n");
  CHECK(boot::read_status(s3, k_boot, "i-2", {})->empty());
}

TEST_CASE("boot::read_status passes on that S3 cannot be asked")
{
  test::FakeS3 s3;
  s3.refused["get"] = test::s3_failure(aws::ErrorClass::transient, "SlowDown", 503);
  const auto failed = boot::read_status(s3, k_boot, "i-1", {});
  REQUIRE(!failed);
  CHECK(failed.error().error_class == aws::ErrorClass::transient);
  s3.refused.clear();
  s3.objects["b/runs/ci-7/a/i-1/status"] = std::string(100'000, 'x');
  CHECK(!boot::read_status(s3, k_boot, "i-1", {}));
}
