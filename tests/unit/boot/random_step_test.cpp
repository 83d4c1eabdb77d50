#include "boot/step.hpp"
#include "support/boot_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <source_location>
#include <tuple>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using boot::Event;
using std::chrono::seconds;
using enum aws::InstanceState;

// step() alone, with any event in any state, at any time. What a world could never say is said too:
// the promise is kept by what the events themselves have told.
namespace {

// Enough to find what is wrong at once; ctest gives the sanitized build a million.
int wanted_steps()
{
  const char* wish = std::getenv("FLAME_STEPS");
  return wish == nullptr ? 100'000 : std::atoi(wish);
}

// REQUIRE takes its time, when it is asked two million times.
void must(bool holds, std::source_location where = std::source_location::current())
{
  if (!holds) {
    CAPTURE(where.line());
    FAIL("the promise is broken");
  }
}

// What makes the bytes of a launch: its candidate, user data, count and place.
using Bytes = std::tuple<std::size_t, int, std::size_t, std::size_t>;

// What the events have told, noted without a line of the step's code.
struct Told {
  std::set<std::string> alive = {};
  std::set<int> unsure = {};
  std::map<int, Bytes> bound = {};     // by token
  int token = 0;                       // of the last launch
  std::set<std::string> reported = {}; // the machines of the last Report

  void machine(const aws::Instance& seen)
  {
    if (seen.state == terminated || seen.state == shutting_down) {
      alive.erase(seen.id);
    } else {
      alive.insert(seen.id);
    }
  }
};

std::set<std::string> ids_of(const std::vector<aws::Instance>& machines)
{
  std::set<std::string> ids;
  for (const aws::Instance& machine : machines) {
    ids.insert(machine.id);
  }
  return ids;
}

class Script {
public:
  explicit Script(unsigned seed) : dice_(seed)
  {
    plan_.boot_timeout = seconds(60);
    plan_.keep_on_failure = chance(10);
    plan_.count = chance(50) ? 1 : 1U + below(3);
    plan_.min_count = chance(50) ? plan_.count : 1U + dice_() % plan_.count;
    plan_.wait_for = static_cast<config::WaitFor>(below(3));
    cancel_.satisfied = chance(70);
  }

  // One boot; the number of steps that it took.
  int play()
  {
    int steps = 0;
    Event event = boot::Begin{};
    for (;; event = chance(70) ? answer() : anything()) {
      tell(event);
      boot::Step decided = boot::step(std::move(state_), event, plan_, now_, cancel_);
      state_ = std::move(decided.state);
      action_ = std::move(decided.action);
      ++steps;
      if (const auto* finish = std::get_if<boot::Finish>(&action_)) {
        check_end(finish->outcome);
        return steps;
      }
      check_time();
      check_action();
      pass_time();
    }
  }

private:
  bool chance(int percent) { return static_cast<int>(dice_() % 100) < percent; }
  int below(unsigned bound) { return static_cast<int>(dice_() % bound); }

  void pass_time()
  {
    now_ += Millis(chance(5) ? below(40'000) : below(3'000));
    cancel_.satisfied = cancel_.satisfied || chance(5);
    if (cancel_.signal == 0 && chance(2)) {
      cancel_.signal = chance(50) ? 2 : 15;
    } else if (cancel_.signal != 0 && chance(2)) {
      cancel_.at_once = true;
    }
  }

  aws::Instance some_machine()
  {
    static const aws::InstanceState states[] = {pending,  running, shutting_down, terminated,
                                                stopping, stopped, running,       pending};
    static const char* const reasons[] = {"", "Server.InsufficientInstanceCapacity",
                                          "Server.InternalError", "Client.UserInitiatedShutdown",
                                          "Client.InstanceInitiatedShutdown"};
    return machine("i-" + std::to_string(below(3)), states[below(8)], reasons[below(5)]);
  }

  std::vector<aws::Instance> some_machines()
  {
    std::vector<aws::Instance> machines;
    const int wanted = static_cast<int>(plan_.count);
    for (int i = chance(80) ? wanted : below(4); i > 0; --i) {
      machines.push_back(some_machine());
    }
    if (chance(70)) { // as EC2 would tell
      for (std::size_t i = 0; i < machines.size(); ++i) {
        machines[i].id = "i-" + std::to_string(i);
      }
    }
    return machines;
  }

  aws::ApiError some_error()
  {
    const auto error_class = static_cast<ErrorClass>(below(static_cast<int>(ErrorClass::unknown)));
    return api_failure(error_class, chance(20) ? "IdempotentInstanceTerminated" : "", chance(30));
  }

  fleet::StageLine some_stage()
  {
    static const char* const stages[] = {"boot", "start", "ready", "ready", "stopped", "failed"};
    return {.stage = stages[below(6)]};
  }

  // Some of them have something to say, and one may not be heard.
  boot::Heard heard(const std::vector<std::string>& ids)
  {
    boot::Heard heard;
    for (const std::string& id : ids) {
      if (chance(80)) {
        heard.lines[id] = {some_stage()};
      } else {
        heard.unheard = boot::Unheard{id, some_error()};
      }
    }
    return heard;
  }

  Error some_reason() { return {.kind = ErrorKind::output, .message = "no"}; }

  Event anything()
  {
    switch (below(14)) {
    case 0:
      return boot::Begin{};
    case 1:
      return boot::Elapsed{};
    case 2:
      return boot::Launched{some_machines()};
    case 3:
      return boot::LaunchFailed{some_error()};
    case 4:
      return boot::Described{some_machines()};
    case 5:
      return boot::DescribeFailed{some_error()};
    case 6:
      return boot::Terminated{{"i-" + std::to_string(below(3))}};
    case 7:
      return boot::TerminateFailed{some_error()};
    case 8:
      return boot::ConsoleRead{chance(50) ? "" : "words"};
    case 9:
      return boot::ConsoleFailed{some_error()};
    case 10:
      return chance(50) ? boot::Renewed{} : boot::Renewed{some_reason()};
    case 11:
      return boot::Reported{};
    case 12:
      return heard({"i-" + std::to_string(below(3))});
    default:
      return boot::ReportFailed{some_reason()};
    }
  }

  // What the action could bring.
  Event answer()
  {
    const bool well = chance(60);
    if (std::holds_alternative<boot::Launch>(action_)) {
      return well ? Event(boot::Launched{some_machines()}) : boot::LaunchFailed{some_error()};
    }
    if (std::holds_alternative<boot::Describe>(action_)
        || std::holds_alternative<boot::Lookup>(action_)) {
      return well ? Event(boot::Described{some_machines()}) : boot::DescribeFailed{some_error()};
    }
    if (const auto* terminate = std::get_if<boot::Terminate>(&action_)) {
      return well ? Event(boot::Terminated{terminate->ids}) : boot::TerminateFailed{some_error()};
    }
    if (std::holds_alternative<boot::ReadConsole>(action_)) {
      return well ? Event(boot::ConsoleRead{"words"}) : boot::ConsoleFailed{some_error()};
    }
    if (const auto* listen = std::get_if<boot::Listen>(&action_)) {
      return heard(listen->ids);
    }
    if (std::holds_alternative<boot::Report>(action_)) {
      return well ? Event(boot::Reported{}) : boot::ReportFailed{some_reason()};
    }
    return std::holds_alternative<boot::Renew>(action_) ? Event(boot::Renewed{})
                                                        : Event(boot::Elapsed{});
  }

  void tell(const Event& event)
  {
    const auto* launched = std::get_if<boot::Launched>(&event);
    const auto* described = std::get_if<boot::Described>(&event);
    const auto* failed = std::get_if<boot::LaunchFailed>(&event);
    const auto* ended = std::get_if<boot::Terminated>(&event);
    for (const auto& seen : launched != nullptr    ? launched->instances
                            : described != nullptr ? described->instances
                                                   : std::vector<aws::Instance>{}) {
      told_.machine(seen);
    }
    if (launched != nullptr && !launched->instances.empty()) {
      told_.unsure.erase(told_.token);
    } else if (launched != nullptr || (failed != nullptr && failed->error.may_have_happened)) {
      told_.unsure.insert(told_.token);
    }
    for (const std::string& id : ended != nullptr ? ended->ids : std::vector<std::string>{}) {
      told_.alive.erase(id);
    }
  }

  void check_time()
  {
    if (now_ < begun_ + plan_.boot_timeout) {
      return;
    }
    late_since_ = late_since_.value_or(now_);
    const TimePoint latest =
      std::max(begun_ + plan_.boot_timeout + boot::k_grace, *late_since_ + boot::k_grace);
    must(now_ < latest);
  }

  void check_action()
  {
    must(!cancel_.at_once);
    if (const auto* launch = std::get_if<boot::Launch>(&action_)) {
      // Never two for one that was asked for.
      must(state_.why || told_.alive.size() + launch->group.most <= plan_.count);
      must(1 <= launch->group.least && launch->group.least <= launch->group.most);
      const Bytes bytes(launch->candidate, launch->render, launch->group.most, launch->group.first);
      const auto [token, is_new] = told_.bound.emplace(launch->token, bytes);
      must(token->second == bytes); // a token is for one launch
      const bool same_as_unsure =
        state_.unsure.empty() || state_.unsure == std::set<int>{launch->token};
      must(same_as_unsure);
      told_.token = launch->token;
    } else if (const auto* report = std::get_if<boot::Report>(&action_)) {
      told_.reported = ids_of(report->machines);
      must(told_.alive == told_.reported);
      must(report->machines.size() >= plan_.min_count);
      must(told_.reported.size() == report->machines.size());
    } else if (const auto* terminate = std::get_if<boot::Terminate>(&action_)) {
      must(!terminate->ids.empty());
    } else if (const auto* looked = std::get_if<boot::Describe>(&action_)) {
      must(!looked->ids.empty()); // else it would mean all machines
    } else if (const auto* listen = std::get_if<boot::Listen>(&action_)) {
      must(!listen->ids.empty());
      for (const std::string& id : listen->ids) {
        must(told_.alive.contains(id));
      }
      must(told_.alive.size() >= plan_.min_count && told_.alive.size() <= plan_.count);
    } else if (const auto* lookup = std::get_if<boot::Lookup>(&action_)) {
      must(!lookup->tokens.empty());
    }
  }

  void check_end(const boot::Outcome& outcome)
  {
    if (outcome) {
      must(ids_of(outcome->machines) == told_.reported);
      must(std::ranges::includes(told_.reported, told_.alive));
      must(cancel_.satisfied);
      return;
    }
    const Error& error = outcome.error();
    for (const std::string& id : told_.alive) {
      must(std::ranges::count(error.instances, id) == 1);
    }
    if (!state_.unsure.empty()) {
      must(exit_status(error) == 10);
    }
    must((exit_status(error) != 10 || !error.also.empty()));
    must(error.run_id == plan_.run_id);
  }

  std::mt19937 dice_;
  boot::Plan plan_ = two_candidates();
  boot::State state_ = {};
  boot::Action action_ = boot::Finish{};
  CancelState cancel_ = {};
  Told told_ = {};
  TimePoint begun_ = TimePoint(std::chrono::hours(1));
  TimePoint now_ = begun_;
  std::optional<TimePoint> late_since_ = {}; // the first step after the deadline
};

} // namespace

TEST_CASE("step: any event in any state keeps the promise")
{
  const int wanted = wanted_steps();
  int steps = 0;
  unsigned seed = 0;
  for (; steps < wanted; ++seed) {
    CAPTURE(seed);
    steps += Script(seed).play();
  }
  CHECK(steps >= wanted);
  CHECK(seed < static_cast<unsigned>(steps) / 4); // boots of some length
}
