#include "boot/step.hpp"
#include "support/boot_world.hpp"
#include "support/fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

using namespace flame;
using namespace flame::test;
using aws::ErrorClass;
using boot::Event;
using enum aws::InstanceState;

// Every event in every state has its outcome, in tests/fixtures/step_table.txt. After a change of
// step(): UPDATE_GOLDEN=1 build/dev/tests/unit_boot, and read the diff.
namespace {

const TimePoint k_start = TimePoint(std::chrono::hours(1));

std::string ids(const std::vector<aws::Instance>& machines)
{
  std::string text;
  for (const aws::Instance& machine : machines) {
    text += " " + machine.id;
  }
  return text;
}

struct Shown {
  std::string operator()(const boot::Launch& launch) const
  {
    return fmt::format("launch {} token {}", launch.candidate, launch.token);
  }
  std::string operator()(const boot::Describe& it) const
  {
    return fmt::format("describe {}", fmt::join(it.ids, " "));
  }
  std::string operator()(const boot::Lookup& it) const
  {
    return fmt::format("lookup token {}", fmt::join(it.tokens, " "));
  }
  std::string operator()(const boot::Terminate& it) const
  {
    return fmt::format("terminate {}", fmt::join(it.ids, " "));
  }
  std::string operator()(const boot::ReadConsole& it) const { return "console " + it.id; }
  std::string operator()(const boot::Listen& it) const
  {
    return fmt::format("listen to {}", fmt::join(it.ids, " "));
  }
  std::string operator()(const boot::Renew&) const { return "renew"; }
  std::string operator()(const boot::Wait&) const { return "wait"; }
  std::string operator()(const boot::Report& it) const { return "report" + ids(it.machines); }
  std::string operator()(const boot::Finish& it) const
  {
    if (it.outcome) {
      return "done" + ids(it.outcome->machines);
    }
    const Error& error = it.outcome.error();
    std::string shown = fmt::format("fail {}", info(error.kind).name);
    for (const std::string& id : error.instances) {
      shown += ", named " + id;
    }
    return shown;
  }
};

// The action, and what follows a pause.
std::string outcome(boot::Step step, const boot::Plan& plan, CancelState cancel)
{
  std::string shown = std::visit(Shown{}, step.action);
  if (std::holds_alternative<boot::Wait>(step.action)) {
    step = boot::step(std::move(step.state), boot::Elapsed{}, plan, k_start, cancel);
    shown += ", " + std::visit(Shown{}, step.action);
  }
  return shown;
}

const boot::Launched k_pending = {{machine("i-1", pending)}};
const boot::Launched k_running = {{machine("i-1", running)}};
const boot::Launched k_two = {{machine("i-1", running), machine("i-2", running)}};
const boot::LaunchFailed k_lost = {api_failure(ErrorClass::transient, "", true)};

boot::Heard heard(const std::string& id, std::vector<fleet::StageLine> lines)
{
  return {{{id, std::move(lines)}}};
}

boot::Heard unheard(ErrorClass error_class)
{
  return {.unheard = boot::Unheard{"i-1", api_failure(error_class)}};
}

struct Phase {
  const char* name;
  std::vector<Event> before; // that lead to it
  CancelState cancel = {};
  CancelState from_now = {};
  config::WaitFor wait_for = config::WaitFor::running;
  std::size_t count = 1;
};

const CancelState k_unsatisfied = {.satisfied = false};
const CancelState k_interrupted = {.signal = 2};

const std::vector<Phase> k_phases = {
  {"greeting", {boot::Begin{}}},
  {"launching", {boot::Begin{}, boot::Described{}}},
  {"unsure", {boot::Begin{}, boot::Described{}, k_lost}},
  {"watching", {boot::Begin{}, boot::Described{}, k_pending}},
  {"listening", {boot::Begin{}, boot::Described{}, k_running}, {}, {}, config::WaitFor::ready},
  {"listening to two",
   {boot::Begin{}, boot::Described{}, k_two},
   {},
   {},
   config::WaitFor::ready,
   2},
  {"reporting", {boot::Begin{}, boot::Described{}, k_running}},
  {"reported",
   {boot::Begin{}, boot::Described{}, k_running, boot::Reported{}},
   k_unsatisfied,
   k_unsatisfied},
  {"hearing",
   {boot::Begin{}, boot::Described{}, k_pending,
    boot::DescribeFailed{api_failure(ErrorClass::permission)}}},
  {"ending", {boot::Begin{}, boot::Described{}, k_pending}, {}, k_interrupted},
  {"finding out", {boot::Begin{}, boot::Described{}, k_lost}, {}, k_interrupted},
};

const std::vector<std::pair<const char*, Event>> k_events = {
  {"begin", boot::Begin{}},
  {"elapsed", boot::Elapsed{}},
  {"launched", k_pending},
  {"launched, running", k_running},
  {"launched nothing", boot::Launched{}},
  {"launch lost", k_lost},
  {"launch throttled", boot::LaunchFailed{api_failure(ErrorClass::throttle)}},
  {"launch without capacity", boot::LaunchFailed{api_failure(ErrorClass::capacity)}},
  {"launch with dead keys", boot::LaunchFailed{api_failure(ErrorClass::credentials)}},
  {"launch of an ended token",
   boot::LaunchFailed{api_failure(ErrorClass::idempotency, "IdempotentInstanceTerminated")}},
  {"launch refused", boot::LaunchFailed{api_failure(ErrorClass::parameter)}},
  {"seen nothing", boot::Described{}},
  {"seen running", boot::Described{k_running.instances}},
  {"seen powered off",
   boot::Described{{machine("i-1", terminated, "Client.InstanceInitiatedShutdown")}}},
  {"seen taken back", boot::Described{{machine("i-1", terminated, "Server.InternalError")}}},
  {"seen stopped", boot::Described{{machine("i-1", stopped, "Server.ScheduledStop")}}},
  {"seen two", boot::Described{{machine("i-1", running), machine("i-2", running)}}},
  {"look lost", boot::DescribeFailed{api_failure(ErrorClass::transient)}},
  {"look refused", boot::DescribeFailed{api_failure(ErrorClass::permission)}},
  {"terminated", boot::Terminated{{"i-1"}}},
  {"terminated nothing", boot::Terminated{}},
  {"terminate lost", boot::TerminateFailed{api_failure(ErrorClass::transient)}},
  {"terminate refused", boot::TerminateFailed{api_failure(ErrorClass::permission)}},
  {"console", boot::ConsoleRead{"words"}},
  {"console refused", boot::ConsoleFailed{api_failure(ErrorClass::permission)}},
  {"heard nothing", boot::Heard{{{"i-1", {}}}}},
  {"heard of its start", heard("i-1", {{.stage = "start"}})},
  {"heard ready", heard("i-1", {{.stage = "start"}, {.stage = "ready"}})},
  {"heard ready of another", heard("i-2", {{.stage = "ready"}})},
  {"heard of its end", heard("i-1", {{.stage = "start"}, {.stage = "stopped"}})},
  {"heard of its failure", heard("i-1", {{.stage = "failed", .at = "fetch"}})},
  {"hearing lost", unheard(ErrorClass::transient)},
  {"hearing refused", unheard(ErrorClass::permission)},
  {"renewed", boot::Renewed{}},
  {"not renewed", boot::Renewed{Error{.kind = ErrorKind::credentials}}},
  {"reported", boot::Reported{}},
  {"not reported", boot::ReportFailed{{.kind = ErrorKind::output}}},
};

boot::State lead_to(const Phase& phase, const boot::Plan& plan)
{
  boot::State state;
  for (const Event& event : phase.before) {
    state = boot::step(std::move(state), event, plan, k_start, phase.cancel).state;
  }
  if (phase.from_now.signal != 0) {
    state = boot::step(std::move(state), boot::Elapsed{}, plan, k_start, phase.from_now).state;
  }
  return state;
}

} // namespace

TEST_CASE("step: every event has its outcome in every state")
{
  std::string table;
  for (const Phase& phase : k_phases) {
    boot::Plan plan = two_candidates();
    plan.wait_for = phase.wait_for;
    plan.count = phase.count;
    plan.min_count = phase.count;
    const boot::State state = lead_to(phase, plan);
    table += phase.name + std::string("\n");
    for (const auto& [name, event] : k_events) {
      const boot::Step step = boot::step(state, event, plan, k_start, phase.from_now);
      table += fmt::format("  {:<26} {}\n", name, outcome(step, plan, phase.from_now));
    }
  }
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(FLAME_FIXTURES "/step_table.txt", std::ios::binary) << table;
  }
  CHECK(table == fixture("step_table.txt"));
}

TEST_CASE("step: a launch that the deadline cuts does not hide that EC2 throttled")
{
  const boot::Plan plan = two_candidates();
  const Event throttled =
    boot::LaunchFailed{api_failure(ErrorClass::throttle, "RequestLimitExceeded")};
  boot::State state;
  for (const Event& event : {Event(boot::Begin{}), Event(boot::Described{}), throttled}) {
    state = boot::step(std::move(state), event, plan, k_start, {}).state;
  }
  const boot::Step cut =
    boot::step(std::move(state), k_lost, plan, k_start + plan.boot_timeout, {});
  REQUIRE(cut.state.why.has_value());
  CHECK(exit_status(*cut.state.why) == 7);
  CHECK(cut.state.why->aws_code == "RequestLimitExceeded");
}
