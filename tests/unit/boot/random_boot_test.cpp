#include "boot/run.hpp"
#include "boot/step.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using enum aws::InstanceState;

// Boots against an EC2 that loses, delays, refuses and takes back at random, with signals at any
// instant. Whatever happens, no machine lives that is neither returned nor named.
namespace {

struct Made {
  aws::Instance instance = {};
  std::string token = {};
  TimePoint visible = {};
  TimePoint settled = {}; // when it leaves pending
  aws::InstanceState then = running;
  std::string reason = {};
};

class MoodyEc2 : public FakeEc2 {
public:
  MoodyEc2(FakeClock& clock, FakeCancel& cancel, unsigned seed)
    : clock_(clock), cancel_(cancel), dice_(seed), mood_(seed % 7)
  {
  }

  std::vector<std::string> alive()
  {
    std::vector<std::string> ids;
    for (Made& made : made_) {
      settle(made);
      if (made.instance.state != terminated) {
        ids.push_back(made.instance.id);
      }
    }
    return ids;
  }

  aws::Outcome<std::vector<aws::Instance>> run_instances(const aws::Params& params,
                                                         aws::CallLimit limit) override
  {
    if (auto fault = pass_time(limit)) {
      if (fault->may_have_happened && chance(50)) {
        launch(value_of(params, "ClientToken"));
      }
      return tl::unexpected(*fault);
    }
    const std::string token = value_of(params, "ClientToken");
    if (!known(token) && chance(10)) {
      return tl::unexpected(api_failure(chance(50) ? ErrorClass::capacity : ErrorClass::quota));
    }
    Made& made = launch(token);
    settle(made);
    if (made.instance.state == terminated && chance(50)) {
      return tl::unexpected(api_failure(ErrorClass::idempotency, "IdempotentInstanceTerminated"));
    }
    if (chance(5)) {
      return tl::unexpected(api_failure(ErrorClass::answer, "", true));
    }
    return std::vector{made.instance};
  }

  aws::Outcome<std::vector<aws::Instance>> describe_instances(const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override
  {
    if (auto fault = pass_time(limit)) {
      return tl::unexpected(*fault);
    }
    REQUIRE((!query.ids.empty() || !query.filters.empty())); // else it means all machines
    std::vector<aws::Instance> found;
    for (Made& made : made_) {
      settle(made);
      const bool asked = query.ids.empty() ? query.filters.front().second.front() == made.token
                                           : query.ids.front() == made.instance.id;
      if (asked && clock_.now() >= made.visible) {
        found.push_back(made.instance);
      }
    }
    if (found.empty() && !query.ids.empty()) {
      return tl::unexpected(api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound"));
    }
    return found;
  }

  aws::Outcome<std::vector<aws::StateChange>>
  terminate_instances(const std::vector<std::string>& ids, aws::CallLimit limit) override
  {
    if (auto fault = pass_time(limit)) {
      return tl::unexpected(*fault);
    }
    std::vector<aws::StateChange> changes;
    for (Made& made : made_) {
      if (made.instance.id == ids.front()) {
        if (clock_.now() < made.visible) {
          return tl::unexpected(api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound"));
        }
        made.then = terminated;
        made.settled = clock_.now();
        settle(made);
        changes.push_back({.id = ids.front(), .current = terminated});
      }
    }
    return changes;
  }

  aws::Outcome<aws::ConsoleOutput> console_output(const std::string&, bool,
                                                  aws::CallLimit limit) override
  {
    if (auto fault = pass_time(limit)) {
      return tl::unexpected(*fault);
    }
    return aws::ConsoleOutput{};
  }
  Result<void> renew(ErrorClass) override
  {
    return chance(50) ? Result<void>() : fail(ErrorKind::credentials, "no new keys");
  }

  bool chance(int percent) { return static_cast<int>(dice_() % 100) < percent; }

private:
  bool known(const std::string& token) const
  {
    return std::ranges::any_of(made_, [&](const Made& made) { return made.token == token; });
  }

  Made& launch(const std::string& token)
  {
    for (Made& made : made_) {
      if (made.token == token) {
        return made;
      }
    }
    Made made{.instance = machine("i-" + std::to_string(made_.size()), pending),
              .token = token,
              .visible = clock_.now() + Millis(chance(30) ? dice_() % 20'000 : 0),
              .settled = clock_.now() + Millis(dice_() % 30'000)};
    if (chance(20)) {
      static const char* const reasons[] = {"Server.InsufficientInstanceCapacity",
                                            "Server.InternalError", "Client.UserInitiatedShutdown",
                                            ""};
      made.then = terminated;
      made.reason = reasons[dice_() % 4];
    }
    made_.push_back(made);
    return made_.back();
  }

  void settle(Made& made)
  {
    if (made.instance.state != terminated && clock_.now() >= made.settled) {
      made.instance.state = made.then;
      made.instance.state_reason_code = made.reason;
    }
  }

  // A call takes its time; some never end, and a signal may come meanwhile.
  std::optional<aws::ApiError> pass_time(aws::CallLimit limit)
  {
    const Millis left = std::chrono::ceil<Millis>(limit.deadline - clock_.now());
    const bool hangs = chance(3 * mood_);
    clock_.pass(hangs ? left : std::min(left, Millis(dice_() % 400)));
    maybe_signal();
    if (hangs) {
      return api_failure(ErrorClass::transient, "", true);
    }
    if (cancel_.now.signal != 0 && limit.cancel_grace == Millis(0)) {
      return api_failure(ErrorClass::cancelled, "", true);
    }
    if (!chance(5 * mood_)) {
      return std::nullopt;
    }
    static const ErrorClass faults[] = {ErrorClass::throttle, ErrorClass::transient,
                                        ErrorClass::endpoint, ErrorClass::answer,
                                        ErrorClass::credentials};
    const ErrorClass fault = faults[dice_() % std::size(faults)];
    const bool unsure = fault == ErrorClass::transient || fault == ErrorClass::answer;
    return api_failure(fault, "", unsure);
  }

public:
  void maybe_signal()
  {
    if (cancel_.now.signal == 0 && chance(mood_)) {
      cancel_.now.signal = 15;
    }
  }

private:
  FakeClock& clock_;
  FakeCancel& cancel_;
  std::mt19937 dice_;
  int mood_; // 0: a good day
  std::deque<Made> made_ = {};
};

} // namespace

TEST_CASE("whatever EC2 does, no machine lives that is neither returned nor named")
{
  std::map<int, int> statuses;
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    FakeClock clock;
    FakeCancel cancel;
    FakeRandom random(seed);
    NotedProgress progress;
    MoodyEc2 ec2(clock, cancel, seed);
    clock.on_sleep = [&] { ec2.maybe_signal(); };
    const TimePoint start = clock.now();
    boot::Plan plan = two_candidates();
    plan.boot_timeout = std::chrono::seconds(60);
    const auto result = boot::run(
      plan, {ec2, clock, cancel, random, progress, []() -> Result<std::string> { return "x"; }});

    const auto alive = ec2.alive();
    ++statuses[result ? 0 : exit_status(result.error())];
    if (result) { // it may have ended by itself in the same instant
      REQUIRE(alive.size() <= 1);
      REQUIRE((alive.empty() || alive.front() == result->machines.at(0).instance.id));
    } else if (!alive.empty()) {
      REQUIRE(exit_status(result.error()) == 10);
      REQUIRE(result.error().run_id == plan.run_id);
    }
    REQUIRE(clock.now() - start <= plan.boot_timeout + boot::k_grace + std::chrono::seconds(1));
  }
  CHECK(statuses[0] > 5'000);
  for (const int status : {6, 7, 8, 10, 143}) {
    CAPTURE(status);
    CHECK(statuses[status] > 0); // the test has seen these endings
  }
}
