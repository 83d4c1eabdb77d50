#include "boot/run.hpp"

#include "base/encoding.hpp"
#include "boot/request.hpp"
#include "boot/saying.hpp"
#include "boot/step.hpp"

#include <algorithm>
#include <map>

namespace flame::boot {
namespace {

using std::chrono::seconds;

// RunInstances may take half a minute in a busy region.
constexpr Millis k_launch_limit = seconds(30);
constexpr Millis k_call_limit = seconds(15);
constexpr Millis k_ending_call_limit = seconds(10);
// However little of the grace is left, an unsure launch is asked about for so long.
constexpr Millis k_least_time_to_ask = seconds(2);

// What the serials of the pure step stand for.
class Serials {
public:
  explicit Serials(BootParts& parts) : parts_(parts) {}

  const std::string& token(int serial)
  {
    std::string& token = tokens_[serial];
    if (token.empty()) {
      token = to_hex(parts_.random.bytes(16));
    }
    return token;
  }

  Result<std::string> user_data(int serial)
  {
    const auto known = renders_.find(serial);
    if (known != renders_.end()) {
      return known->second;
    }
    auto rendered = parts_.render();
    if (rendered) {
      renders_[serial] = *rendered;
    }
    return rendered;
  }

private:
  BootParts& parts_;
  std::map<int, std::string> tokens_ = {};
  std::map<int, std::string> renders_ = {};
};

// Ending is not cut short by the signal that started it.
aws::CallLimit ending_limit(TimePoint deadline)
{
  return {.deadline = deadline, .cancel_grace = k_grace};
}

aws::CallLimit limit_for(const State& state, TimePoint now, Millis longest, Millis patience)
{
  if (state.why) {
    return ending_limit(std::min(now + k_ending_call_limit, state.end_by));
  }
  return {.deadline = std::min(now + longest, state.deadline), .cancel_grace = patience};
}

// After its answer there must be time to see what it has made.
aws::CallLimit launch_limit(const State& state, TimePoint now)
{
  if (!state.why) {
    return limit_for(state, now, k_launch_limit, k_launch_patience);
  }
  const TimePoint last = state.end_by - k_visible_within - seconds(1);
  return ending_limit(std::min(std::max(last, now + k_least_time_to_ask), state.end_by));
}

// Words that are waited for before the machine is ended must not keep it from ending.
aws::CallLimit console_limit(const State& state, TimePoint now)
{
  const bool first = state.words == Words::before;
  const TimePoint by = first ? state.words_by : state.end_by;
  return {.deadline = std::min(now + k_ending_call_limit, by),
          .cancel_grace = first ? Millis(0) : k_grace};
}

// The only place with effects: does what step() has decided, and tells what came of it.
struct Perform {
  const Plan& plan;
  BootParts& parts;
  Serials& serials;
  const State& state;
  CancelState known; // what step() has seen
  std::function<Result<void>(const std::vector<aws::Instance>&)> report;

  aws::CallLimit look_limit() const
  {
    return limit_for(state, parts.clock.now(), k_call_limit, Millis(0));
  }

  Event operator()(const Launch& launch) const
  {
    const auto user_data = serials.user_data(launch.render);
    if (!user_data) {
      return LaunchFailed{{.error = user_data.error()}};
    }
    const aws::Params params = launch_parameters(plan, plan.candidates.at(launch.candidate),
                                                 *user_data, serials.token(launch.token));
    auto launched = parts.ec2.run_instances(params, launch_limit(state, parts.clock.now()));
    return launched ? Event(Launched{std::move(*launched)})
                    : Event(LaunchFailed{std::move(launched.error())});
  }
  Event operator()(const Describe& describe) const { return look({.ids = describe.ids}); }
  Event operator()(const Lookup& lookup) const
  {
    std::vector<std::string> tokens;
    for (const int serial : lookup.tokens) {
      tokens.push_back(serials.token(serial));
    }
    return look({.filters = {{"client-token", std::move(tokens)}}});
  }
  Event operator()(const Terminate& terminate) const
  {
    auto changes = parts.ec2.terminate_instances(terminate.ids, look_limit());
    if (!changes) {
      return TerminateFailed{std::move(changes.error())};
    }
    Terminated terminated;
    for (const aws::StateChange& change : *changes) {
      const bool ending = change.current == aws::InstanceState::shutting_down
                          || change.current == aws::InstanceState::terminated;
      if (ending) {
        terminated.ids.push_back(change.id);
      }
    }
    return terminated;
  }
  Event operator()(const ReadConsole& read) const
  {
    auto output =
      parts.ec2.console_output(read.id, read.latest, console_limit(state, parts.clock.now()));
    return output ? Event(ConsoleRead{std::move(output->text)})
                  : Event(ConsoleFailed{std::move(output.error())});
  }
  Event operator()(const Listen& listen) const
  {
    auto said = listen_to(listen.id);
    return said ? Event(Heard{listen.id, fleet::parse_stages(*said, plan.runner.nonce)})
                : Event(HearFailed{std::move(said.error())});
  }
  Event operator()(const Renew& renew) const
  {
    const auto renewed = parts.ec2.renew(renew.reason);
    return renewed ? Renewed{} : Renewed{renewed.error()};
  }
  Event operator()(const Wait& wait) const
  {
    const TimePoint now = parts.clock.now();
    const Millis left =
      std::chrono::ceil<Millis>((state.why ? state.end_by : state.deadline) - now);
    const double share = wait.jitter ? parts.random.fraction() : 1.0;
    const Millis pause = std::chrono::duration_cast<Millis>(wait.base * share);
    parts.clock.sleep(std::clamp(pause, Millis(1), std::max(left, Millis(1))), parts.cancel, known);
    return Elapsed{};
  }
  Event operator()(const Report& done) const
  {
    const auto reported = report(done.machines);
    return reported ? Event(Reported{}) : Event(ReportFailed{reported.error()});
  }
  Event operator()(const Finish& /*unused*/) const { return Elapsed{}; } // never performed

private:
  tl::expected<std::string, aws::ApiError> listen_to(const std::string& id) const
  {
    if (parts.listen) {
      return parts.listen(id, look_limit());
    }
    return parts.ec2.console_output(id, true, look_limit())
      .map([](const aws::ConsoleOutput& output) { return output.text; });
  }
  Event look(const aws::DescribeQuery& query) const
  {
    auto found = parts.ec2.describe_instances(query, look_limit());
    return found ? Event(Described{std::move(*found)})
                 : Event(DescribeFailed{std::move(found.error())});
  }
};

bool runs(const aws::Instance& machine)
{
  return machine.state == aws::InstanceState::running;
}

// Of several machines: when the last of them was so far.
void note_times(const Event& event, const Plan& plan, Millis elapsed, Timings& timings)
{
  const auto* launched = std::get_if<Launched>(&event);
  const auto* described = std::get_if<Described>(&event);
  const auto* seen = launched != nullptr    ? &launched->instances
                     : described != nullptr ? &described->instances
                                            : nullptr;
  if (seen == nullptr || seen->empty()) {
    return;
  }
  if (!timings.launch) {
    timings.launch = elapsed;
  }
  if (!timings.running && seen->size() >= plan.count && std::ranges::all_of(*seen, runs)) {
    timings.running = elapsed;
  }
}

Error last_words(const Error& error, const State& state, const Plan& plan, const BootParts& parts)
{
  if (state.was_asked && parts.hear) {
    parts.hear({.instance_id = state.watched, .console = state.console});
  }
  return with_stage(error, state, plan);
}

BootResult result_of(const Plan& plan, const State& state,
                     const std::vector<aws::Instance>& machines, const Timings& timings)
{
  BootResult result{.run_id = plan.run_id,
                    .region = plan.region,
                    .account = machines.empty() ? "" : machines.front().owner_id,
                    .timings = timings};
  for (const aws::Instance& machine : machines) {
    const auto told = state.stages.find(machine.id);
    const auto stage = told == state.stages.end() ? std::nullopt : std::optional(told->second);
    result.machines.push_back({.instance = machine, .stage = stage, .expires_at = plan.expires_at});
  }
  for (const Attempt& attempt : state.attempts) {
    result.refused.push_back({.candidate = plan.candidates.at(attempt.candidate),
                              .code = attempt.code,
                              .message = attempt.message});
  }
  return result;
}

} // namespace

Result<BootResult> run(const Plan& plan, BootParts parts)
{
  Serials serials(parts);
  State state;
  Event event = Begin{};
  Timings timings;
  const TimePoint start = parts.started.value_or(parts.clock.now());
  const auto report = [&](const std::vector<aws::Instance>& machines) {
    return parts.report ? parts.report(result_of(plan, state, machines, timings)) : Result<void>();
  };
  for (TimePoint now = start;; now = parts.clock.now()) {
    const Millis elapsed = std::chrono::duration_cast<Millis>(now - start);
    note_times(event, plan, elapsed, timings);
    const CancelState cancel = parts.cancel.state();
    Step decided = step(std::move(state), event, plan, now, cancel);
    state = std::move(decided.state);
    say_failure(event, decided.action, parts.progress);
    if (plan.wait_for == config::WaitFor::ready && std::holds_alternative<Report>(decided.action)) {
      timings.ready = elapsed;
    }
    if (const auto* finish = std::get_if<Finish>(&decided.action)) {
      return finish->outcome
        .map([&](const Done& done) { return result_of(plan, state, done.machines, timings); })
        .map_error([&](const Error& error) { return last_words(error, state, plan, parts); });
    }
    say(decided.action, plan, state, parts.progress);
    event = std::visit(Perform{plan, parts, serials, state, cancel, report}, decided.action);
  }
}

} // namespace flame::boot
