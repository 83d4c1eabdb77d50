#include "table.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

const std::string k_prefix = "it's/flame/runs/run-1/boot-1/i-0123456789abcdef0/";

std::string upload(const Outcome& outcome, const std::string& name)
{
  const auto found = outcome.uploads.find(k_prefix + name);
  return found == outcome.uploads.end() ? "" : found->second;
}

Scene stored(const std::string& commands)
{
  const flame::boot::Runner runner = stored_runner();
  Scene here = scene(runner, commands);
  here.environment = flame::boot::environment_object(runner.variables);
  return here;
}

Names names_of(const std::vector<flame::fleet::StageLine>& lines)
{
  Names names;
  for (const auto& line : lines) {
    names.push_back(line.stage);
  }
  return names;
}

} // namespace

TEST_SUITE_BEGIN("store");

TEST_CASE_FIXTURE(RunnerMachines, "what the machine says is in the store when it is off")
{
  const std::string works = "echo its word; sleep 5; exit 3";
  Scene no_bundle = stored("");
  no_bundle.status = 404;
  no_bundle.failing = 9;
  const auto outcomes = run_all({stored(works), no_bundle});
  for (const Outcome& outcome : outcomes) {
    CAPTURE(outcome.console);
    CHECK(outcome.off);
    const auto lines = flame::fleet::parse_stages(upload(outcome, "status"), least_runner().nonce);
    CHECK(names_of(lines) == outcome.stage_names());
    CHECK(upload(outcome, "log").find(upload(outcome, "status")) != std::string::npos);
    for (const std::string& ticket : outcome.tickets) {
      CHECK(ticket == "eyJ0aWNrZXQ\"\\iOiAxfQ==");
    }
    CHECK(outcome.console.find("eyJ0") == std::string::npos);
  }
  CHECK(outcomes[0].stage_names() == k_ready_life);
  CHECK(upload(outcomes[0], "journal").find("its word") != std::string::npos);
  CHECK(upload(outcomes[1], "status").find("NoSuchKey") != std::string::npos);
}

TEST_CASE_FIXTURE(RunnerMachines, "a store that does not take it holds up no release")
{
  std::vector<Row> rows;
  for (const int status : {403, 0}) {
    Scene here = stored("exit 3");
    here.store_status = status;
    rows.push_back({.name = status == 0 ? "no answer" : "refused",
                    .scene = here,
                    .stage = "stopped",
                    .status = 3,
                    .stages = k_whole_life});
  }
  check_table(*this, rows);
}

TEST_CASE_FIXTURE(RunnerMachines, "the environment comes from the store, or the machine ends")
{
  Scene expired = stored("");
  expired.environment = "";
  check_table(*this, {{.name = "it",
                       .scene = stored("[ \"$GREETING\" = 'it'\\''s \"s3cret\" & $HOME\n' ] && "
                                       "[ \"$INSTANCE_IP\" = 10.1.2.3 ] && exit 7"),
                       .stage = "stopped",
                       .status = 7},
                      {.name = "expired",
                       .scene = expired,
                       .at = "fetch",
                       .status = 22,
                       .reason = "the environment: HTTP 403 AccessDenied Request has expired"}});
}

TEST_SUITE_END();
