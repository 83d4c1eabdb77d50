#include "boot/run.hpp"
#include "boot/step.hpp"
#include "moody_ec2.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace flame;
using namespace flame::test;
using std::chrono::seconds;

// Boots against an EC2 in all moods, with signals at any instant. Whatever happens, no machine
// lives that is neither returned nor named, never more live than were asked for, and the boot
// ends in time.
namespace {

std::size_t count_of(unsigned seed) // mostly one
{
  return seed % 4 == 0 ? 1 + seed / 4 % 4 : 1;
}

struct Trial {
  FakeClock clock = {};
  FakeCancel cancel = {};
  FakeRandom random;
  NotedProgress progress = {};
  MoodyEc2 ec2;
  boot::Plan plan = two_candidates();
  int renders = 0;
  int reports = 0;

  explicit Trial(unsigned seed) : random(seed), ec2(clock, cancel, seed, count_of(seed))
  {
    plan.count = count_of(seed);
    plan.boot_timeout = seconds(60);
    plan.wait_for = static_cast<config::WaitFor>(seed % 3);
    plan.keep_on_failure = seed % 11 == 0;
    cancel.now.satisfied = seed % 5 != 0;
  }

  Result<boot::BootResult> run()
  {
    return boot::run(
      plan, {.ec2 = ec2,
             .clock = clock,
             .cancel = cancel,
             .random = random,
             .progress = progress,
             .render = [this]() -> Result<std::string> { return "x" + std::to_string(++renders); },
             .report = [this](const boot::BootResult&) -> Result<void> {
               ++reports;
               return ec2.chance(5) ? fail(ErrorKind::output, "the disk is full") : Result<void>();
             }});
  }
};

void check_end(Trial& trial, const Result<boot::BootResult>& result)
{
  const auto alive = trial.ec2.alive();
  REQUIRE(alive.size() <= trial.plan.count);
  REQUIRE(trial.reports <= 1);
  if (result) { // some may have ended by themselves in the same instant
    REQUIRE(trial.reports == 1);
    std::set<std::string> ids;
    for (const boot::Machine& machine : result->machines) {
      ids.insert(machine.instance.id);
    }
    REQUIRE(ids.size() == trial.plan.count); // all or none
    REQUIRE(std::ranges::all_of(alive, [&](const auto& id) { return ids.contains(id); }));
  } else if (!alive.empty()) {
    const Error& error = result.error();
    REQUIRE(exit_status(error) == 10);
    REQUIRE(error.run_id == trial.plan.run_id);
    // Named by its id, or by the run when EC2 has never answered what it made.
    const std::set<std::string> named(error.instances.begin(), error.instances.end());
    const auto is_named = [&](const std::string& id) { return named.contains(id); };
    REQUIRE((std::ranges::all_of(alive, is_named) || error.kind == ErrorKind::leftover));
  }
}

} // namespace

TEST_CASE("whatever EC2 does, no machine lives that is neither returned nor named")
{
  std::map<int, int> statuses;
  int calls = 0;
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    Trial trial(seed);
    const TimePoint start = trial.clock.now();
    const auto result = trial.run();

    check_end(trial, result);
    const TimePoint end = trial.clock.now();
    REQUIRE(end - start <= trial.plan.boot_timeout + boot::k_grace + Millis(10));
    if (const auto signalled = trial.ec2.signalled()) {
      REQUIRE(end - *signalled <= boot::k_grace + Millis(10));
    }
    ++statuses[result ? 0 : exit_status(result.error())];
    calls += trial.ec2.calls();
  }
  CHECK(calls > 100'000);
  CHECK(statuses[0] > 5'000);
  for (const int status : {1, 6, 7, 8, 9, 10, 74, 129, 130, 143}) {
    CAPTURE(status);
    CHECK(statuses[status] > 0); // the test has seen these endings
  }
}
