#include "fleet/store.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::fleet;

TEST_CASE("fleet: a store has a place for everything")
{
  const Seconds now = *parse_iso8601("2026-01-15T08:15:30Z");
  CHECK(bundle_key("flame/", "ab12", ".tar.zst") == "flame/bundles/ab12.tar.zst");
  CHECK(folder_key("", "ab12") == "bundles/folder-ab12.tar.gz");
  const std::string boot = boot_prefix("flame/", "ci-7", boot_id(now, "beef"));
  CHECK(boot == "flame/runs/ci-7/20260115T081530Z-beef/");
  CHECK(boot.starts_with(run_prefix("flame/", "ci-7")));
  CHECK(boot.starts_with(runs_prefix("flame/")));
  CHECK(boot_status_key(boot) == boot + "status");
  CHECK(machine_keys(boot, "i-1").journal == boot + "i-1/journal");
}

TEST_CASE("fleet: an environment's key says until when it is read")
{
  const Seconds expires = *parse_iso8601("2026-01-15T09:00:00Z");
  const std::string key = environment_key("flame/runs/ci-7/b/", expires);
  CHECK(key == "flame/runs/ci-7/b/env.20260115T090000Z");
  CHECK(environment_expiry(key) == expires);
  for (const char* other :
       {"flame/runs/ci-7/b/status", "flame/runs/env.x/b", "env.20260115T090000Z", "a/env.soon",
        "a/env.20261315T090000Z", "a/env."}) {
    CAPTURE(other);
    CHECK(!environment_expiry(other));
  }
}

TEST_CASE("fleet: what a machine has written is found, of its newest boot")
{
  const std::vector<std::string> keys = {
    "r/ci/20260115T081530Z-b/i-1/status", "r/ci/20260115T081530Z-b/i-1/log",
    "r/ci/20260116T081530Z-a/i-1/status", "r/ci/20260116T081530Z-a/i-2/journal",
    "r/ci/20260116T081530Z-a/status"};
  const MachineKeys found = find_machine_keys(keys, "i-1");
  CHECK(found.status == "r/ci/20260116T081530Z-a/i-1/status");
  CHECK(found.log == "r/ci/20260115T081530Z-b/i-1/log");
  CHECK(found.journal.empty());
}
