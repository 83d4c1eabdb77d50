#include "boot/user_data.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace flame::tests;

// The scripts as they are sent, for people to read and for shellcheck (tests/check_user_data).
// After a change of the templates: UPDATE_GOLDEN=1 build/dev/tests/unit_boot, and read the diff.
TEST_CASE("boot::render_user_data gives the golden scripts")
{
  struct Row {
    std::string_view name;
    flame::boot::Runner runner;
  };
  Row control = {"control_characters", least_runner()};
  control.runner.variables = {{"BELL", "\a"}};
  Row parallel = {"parallel", least_runner()};
  parallel.runner.fetch.size = 200'000'000;
  parallel.runner.fetch.etag = "\"0123-4\"";
  Row store = {"store", stored_runner()};
  Row role = {"role", least_runner()};
  role.runner.fetch.url = "https://bucket.s3.eu-west-1.amazonaws.com/it%27s.tar.gz?versionId=v1";
  role.runner.fetch.bucket = "bucket";
  role.runner.fetch.key = "it's.tar.gz";
  role.runner.fetch.region = "eu-west-1";
  Row carried = {"carried", least_runner()};
  carried.runner.fetch = {.format = "tar.xz", .carried = "the bundle's bytes", .sha256 = "00ff"};
  Row job = {"job", stored_runner()};
  job.runner.fetch = {};
  job.runner.job = flame::boot::Job{
    .command = "exec 'true'\n", .artifacts = true, .is_one_of_many = true, .first_index = 37};
  Row files = {"files", least_runner()};
  files.runner.fetch = {
    .format = "tar",
    .files = {{.path = "bin/hello",
               .url = "https://b.s3.amazonaws.com/rel/bin/hello?X-Amz-Date=20260115T081530Z"
                      "&X-Amz-Signature=00ff",
               .etag = "\"0123\"",
               .size = 12,
               .program = true},
              {.path = "a b",
               .url = "https://b.s3.amazonaws.com/rel/a%20b?X-Amz-Date=20260115T081530Z"
                      "&X-Amz-Signature=01fe",
               .etag = "\"4567\"",
               .size = 0}}};
  Row spot = {"spot", stored_runner()};
  spot.runner.on_interruption = "bin/drain";
  for (const Row& row : {Row{"least", least_runner()}, Row{"full", full_runner()}, control,
                         parallel, store, role, carried, job, files, spot}) {
    CAPTURE(row.name);
    const std::string path = FLAME_FIXTURES "/user_data/" + std::string(row.name) + ".sh";
    const std::string script = flame::boot::render_user_data(row.runner);
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path, std::ios::binary) << script;
    }
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.is_open());
    CHECK(script == std::string(std::istreambuf_iterator<char>(file), {}));
  }
}
