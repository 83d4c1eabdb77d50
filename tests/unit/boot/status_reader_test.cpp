#include "boot/status_reader.hpp"
#include "support/fake_s3.hpp"

#include <doctest/doctest.h>

using namespace flame;

namespace {

const aws::S3Object k_boot{.bucket = "b", .key = "runs/ci-7/a/"};
const std::vector<std::string> k_two = {"i-1", "i-2"};

} // namespace

TEST_CASE("boot::read_statuses reads what machines have written of themselves")
{
  test::FakeS3 s3;
  for (const auto& text : boot::read_statuses(s3, k_boot, k_two, {})) {
    CHECK(text->empty());
  }
  s3.objects["b/runs/ci-7/a/i-1/status"] = "flame-ec2 0123abcd stage=boot t=0.10 .\n";
  const auto texts = boot::read_statuses(s3, k_boot, k_two, {});
  REQUIRE(texts.size() == 2);
  CHECK(*texts[0] == "flame-ec2 0123abcd stage=boot t=0.10 .\n");
  CHECK(texts[1]->empty());
}

TEST_CASE("boot::read_statuses passes on that S3 cannot be asked")
{
  test::FakeS3 s3;
  s3.refused["get"] = test::s3_failure(aws::ErrorClass::transient, "SlowDown", 503);
  const auto failed = boot::read_statuses(s3, k_boot, k_two, {});
  REQUIRE(!failed.at(0));
  CHECK(failed[0].error().error_class == aws::ErrorClass::transient);
  s3.refused.clear();
  s3.objects["b/runs/ci-7/a/i-1/status"] = std::string(100'000, 'x');
  CHECK(!boot::read_statuses(s3, k_boot, k_two, {}).at(0));
}
