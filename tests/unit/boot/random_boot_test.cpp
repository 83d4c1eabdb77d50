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

std::size_t few(unsigned seed) // mostly one
{
  return seed % 4 == 0 ? 1 + seed / 4 % 4 : 1;
}

boot::Plan plan_of(unsigned seed, std::size_t count)
{
  boot::Plan plan = two_candidates();
  plan.candidates.push_back({"t3.nano", "subnet-2", "spot"});
  plan.candidates.resize(1 + seed % 3);
  plan.count = count;
  plan.min_count = seed / 16 % 2 == 0 ? count : 1 + count / 2;
  plan.boot_timeout = seconds(60);
  plan.wait_for = static_cast<config::WaitFor>(seed % (count > 4 ? 2 : 3));
  plan.keep_on_failure = seed % 11 == 0;
  if (seed % 3 == 0 && count > 1) {
    plan.runner.job = boot::Job{.is_one_of_many = true};
  }
  return plan;
}

struct Trial {
  FakeClock clock = {};
  FakeCancel cancel = {};
  FakeRandom random;
  NotedProgress progress = {};
  MoodyEc2 ec2;
  boot::Plan plan;
  int renders = 0;
  int reports = 0;

  Trial(unsigned seed, std::size_t count)
    : random(seed), ec2(clock, cancel, seed, count), plan(plan_of(seed, count))
  {
    cancel.now.satisfied = seed % 5 != 0;
  }

  Result<boot::BootResult> run()
  {
    return boot::run(plan, {.ec2 = ec2,
                            .clock = clock,
                            .cancel = cancel,
                            .random = random,
                            .progress = progress,
                            .render = [this](std::size_t /*first*/) -> Result<std::string> {
                              return "x" + std::to_string(++renders);
                            },
                            .report = [this](const boot::BootResult&) -> Result<void> {
                              ++reports;
                              return ec2.chance(5) ? fail(ErrorKind::output, "the disk is full")
                                                   : Result<void>();
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
    std::set<std::size_t> places;
    for (const boot::Machine& machine : result->machines) {
      ids.insert(machine.instance.id);
      places.insert(machine.index);
    }
    REQUIRE(ids.size() == result->machines.size());
    REQUIRE(ids.size() >= trial.plan.min_count);
    REQUIRE(ids.size() <= trial.plan.count);
    if (trial.plan.runner.job) { // each is one of its own
      REQUIRE(places.size() == ids.size());
      REQUIRE(*places.rbegin() < trial.plan.count);
    }
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

struct Tally {
  std::map<int, int> statuses = {};
  int calls = 0;
  int partial = 0; // successes with fewer machines than were asked for
};

void boot_once(unsigned seed, std::size_t count, Tally& tally)
{
  CAPTURE(seed);
  Trial trial(seed, count);
  const TimePoint start = trial.clock.now();
  const auto result = trial.run();

  check_end(trial, result);
  const TimePoint end = trial.clock.now();
  REQUIRE(end - start <= trial.plan.boot_timeout + boot::k_grace + Millis(10));
  if (const auto signalled = trial.ec2.signalled()) {
    REQUIRE(end - *signalled <= boot::k_grace + Millis(10));
  }
  ++tally.statuses[result ? 0 : exit_status(result.error())];
  tally.calls += trial.ec2.calls();
  tally.partial += result && result->machines.size() < count ? 1 : 0;
}

} // namespace

TEST_CASE("whatever EC2 does, no machine lives that is neither returned nor named")
{
  Tally tally;
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    boot_once(seed, few(seed), tally);
  }
  CHECK(tally.calls > 100'000);
  CHECK(tally.statuses[0] > 5'000);
  CHECK(tally.partial > 20);
  for (const int status : {1, 6, 7, 8, 9, 10, 74, 129, 130, 143}) {
    CAPTURE(status);
    CHECK(tally.statuses[status] > 0); // the test has seen these endings
  }
}

TEST_CASE(
  "whatever EC2 does with a thousand machines, none lives that is neither returned nor named")
{
  Tally tally;
  for (unsigned seed = 0; seed < 60; ++seed) {
    boot_once(seed, 1 + seed * 7919 % 1000, tally);
  }
  CHECK(tally.statuses[0] > 10);
  CHECK(tally.partial > 1);
  CHECK(tally.statuses[6] > 0);
  CHECK(tally.statuses[10] > 0);
}
