#include "cli/stored_logs.hpp"
#include "support/fake_s3.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::cli;

namespace {

const aws::S3Object k_store{.bucket = "b", .key = "flame/"};

struct Store : test::FakeS3 {
  Store()
  {
    objects = {{"b/flame/runs/ci-7/20260115T081530Z-a/status", "run ci-7\n"},
               {"b/flame/runs/ci-7/20260115T081530Z-a/i-1/status", "old\n"},
               {"b/flame/runs/ci-7/20260116T081530Z-a/i-2/status", "new\n"},
               {"b/flame/runs/ci-7/20260116T081530Z-a/i-2/log", "all of it\n"},
               {"b/flame/runs/ci-7/20260116T081530Z-a/env.20260116T090000Z", "SECRET=1\n"},
               {"b/flame/runs/ci-8/20260117T081530Z-a/env.20260117T090000Z", "SECRET=2\n"},
               {"b/other/runs/ci-7/20260118T081530Z-a/i-3/status", "elsewhere\n"}};
  }
};

} // namespace

TEST_CASE("cli::read_stored finds the latest machine of a run, or the one that is asked for")
{
  Store s3;
  const auto latest = read_stored(k_store, "ci-7", "", s3, {});
  REQUIRE(latest);
  REQUIRE(*latest);
  CHECK((*latest)->instance_id == "i-2");
  CHECK((*latest)->status == "new\n");
  CHECK((*latest)->log == "all of it\n");
  CHECK((*latest)->journal.empty());
  CHECK((*read_stored(k_store, "", "i-1", s3, {}))->status == "old\n");
  CHECK(!*read_stored(k_store, "ci-9", "", s3, {}));
  CHECK(!*read_stored(k_store, "ci-7", "i-3", s3, {}));
  CHECK(!*read_stored(k_store, "ci-8", "", s3, {}));
}

TEST_CASE("cli::read_stored_statuses reads those of many machines, and of who has written one")
{
  Store s3;
  const std::vector<std::string> ids = {"i-1", "i-2", "i-4"};
  const auto statuses = read_stored_statuses(k_store, "ci-7", ids, s3, {});
  REQUIRE(statuses);
  CHECK(*statuses == std::map<std::string, std::string>{{"i-1", "old\n"}, {"i-2", "new\n"}});
  CHECK(std::ranges::count_if(s3.calls,
                              [](const std::string& call) { return call.starts_with("list"); })
        == 1);
  s3.refused["get"] = test::s3_failure(aws::ErrorClass::transient, "SlowDown", 503);
  CHECK(read_stored_statuses(k_store, "ci-7", ids, s3, {})->empty());
  s3.refused = {{"list", test::s3_failure(aws::ErrorClass::permission, "AccessDenied", 403)}};
  CHECK(!read_stored_statuses(k_store, "ci-7", ids, s3, {}));
}

TEST_CASE("cli::sweep_environments removes those alone that nobody can read")
{
  Store s3;
  const Seconds now = *parse_iso8601("2026-01-16T12:00:00Z");
  CHECK(*sweep_environments(k_store, now, true, s3, {}) == 1);
  CHECK(s3.objects.size() == 7);
  CHECK(*sweep_environments(k_store, now, false, s3, {}) == 1);
  CHECK(s3.objects.size() == 6);
  CHECK(!s3.objects.contains("b/flame/runs/ci-7/20260116T081530Z-a/env.20260116T090000Z"));
  CHECK(*sweep_environments(k_store, now, false, s3, {}) == 0);
  s3.refused["list"] = test::s3_failure(aws::ErrorClass::permission, "AccessDenied", 403);
  CHECK(sweep_environments(k_store, now, false, s3, {}).error().message
        == "cannot list the store: S3 says AccessDenied");
}
