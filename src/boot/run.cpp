#include "boot/run.hpp"

#include "base/encoding.hpp"
#include "boot/request.hpp"
#include "boot/step.hpp"
#include "fleet/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace flame::boot {
namespace {

using std::chrono::seconds;

// RunInstances may take half a minute in a busy region.
constexpr Millis k_launch_limit = seconds(30);
constexpr Millis k_call_limit = seconds(15);
constexpr Millis k_ending_call_limit = seconds(10);
// Its answer tells what to end, so it is worth a little patience of one who wants to leave.
constexpr Millis k_launch_patience = seconds(5);

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

aws::CallLimit limit_for(const State& state, TimePoint now, Millis longest, Millis patience)
{
  if (state.why) { // ending is not cut short by the signal that started it
    return {.deadline = std::min(now + k_ending_call_limit, state.end_by), .cancel_grace = k_grace};
  }
  return {.deadline = std::min(now + longest, state.deadline), .cancel_grace = patience};
}

// The only place with effects: does what step() has decided, and tells what came of it.
struct Perform {
  const Plan& plan;
  BootParts& parts;
  Serials& serials;
  const State& state;

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
    auto launched = parts.ec2.run_instances(
      params, limit_for(state, parts.clock.now(), k_launch_limit, k_launch_patience));
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
    auto output = parts.ec2.console_output(
      read.id, read.latest, limit_for(state, parts.clock.now(), k_call_limit, k_grace));
    return output ? Event(ConsoleRead{std::move(output->text)})
                  : Event(ConsoleFailed{std::move(output.error())});
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
    parts.clock.sleep(std::clamp(pause, Millis(1), std::max(left, Millis(1))), parts.cancel,
                      known());
    return Elapsed{};
  }
  Event operator()(const Finish&) const { return Elapsed{}; } // never performed

private:
  // Ending goes on after the first signal: only a second one wakes a sleeper then.
  CancelState known() const { return state.why ? parts.cancel.state() : CancelState{}; }

  Event look(const aws::DescribeQuery& query) const
  {
    auto found = parts.ec2.describe_instances(query, look_limit());
    return found ? Event(Described{std::move(*found)})
                 : Event(DescribeFailed{std::move(found.error())});
  }
};

// Says what is about to happen, in the words of a waiting person.
struct Say {
  const Plan& plan;
  const State& state;
  Progress& progress;

  void operator()(const Launch& launch) const
  {
    const std::string what = describe(plan.candidates.at(launch.candidate));
    const std::string place =
      plan.candidates.size() == 1
        ? ""
        : fmt::format(" (candidate {} of {})", launch.candidate + 1, plan.candidates.size());
    progress.doing(state.why ? "asking EC2 what the launch has made"
                             : fmt::format("launching {}{}", what, place));
  }
  void operator()(const Describe& looked) const
  {
    progress.doing(fmt::format("waiting for {} to run", fmt::join(looked.ids, ", ")));
  }
  void operator()(const Lookup&) const
  {
    progress.doing(state.why ? "looking for what the launch has made"
                             : fmt::format("asking EC2 in {}", plan.region));
  }
  void operator()(const Terminate& terminate) const
  {
    progress.doing(fmt::format("ending {}", fmt::join(terminate.ids, ", ")));
  }
  void operator()(const ReadConsole& read) const
  {
    progress.doing(fmt::format("reading the console of {}", read.id));
  }
  void operator()(const Renew& renew) const
  {
    progress.note(renew.reason == aws::ErrorClass::clock
                    ? "the local clock is off; going on with the time of EC2"
                    : "the credentials were refused; getting new ones");
  }
  void operator()(const Wait&) const {}
  void operator()(const Finish&) const {}
};

// A failure that the boot goes on after is worth a line; the one that ends it is the error itself.
void say_failure(const Event& event, const Action& next, Progress& progress)
{
  const auto* failed = std::get_if<LaunchFailed>(&event);
  if (failed != nullptr && !std::holds_alternative<Finish>(next)) {
    progress.note(failed->error.error.message);
  }
}

void note_times(const Event& event, Millis elapsed, Timings& timings)
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
  if (!timings.running && seen->front().state == aws::InstanceState::running) {
    timings.running = elapsed;
  }
}

// The machine knows better than EC2 why it left.
Error with_stage(Error error, const State& state, const Plan& plan)
{
  const auto stages = fleet::parse_stages(state.console, plan.runner.nonce);
  if (stages.empty()) {
    return error;
  }
  const auto failed = std::ranges::find(stages, "failed", &fleet::StageLine::stage);
  if (failed == stages.end()) {
    error.stage = stages.back().stage;
    return error;
  }
  error.stage = failed->at;
  if (error.kind == ErrorKind::bootstrap) {
    error.message =
      fmt::format("the bootstrap of {} failed in stage {}: {}", state.watched, failed->at,
                  failed->detail.empty() ? "it gave no reason" : failed->detail);
    error.hint = {};
  }
  return error;
}

Error last_words(const Error& error, const State& state, const Plan& plan, const BootParts& parts)
{
  if (!state.console.empty() && parts.hear) {
    parts.hear({.instance_id = state.watched, .console = state.console});
  }
  return with_stage(error, state, plan);
}

BootResult result_of(const Plan& plan, const Done& done, const Timings& timings)
{
  return {.run_id = plan.run_id,
          .region = plan.region,
          .account = done.instance.owner_id,
          .machines = {{.instance = done.instance, .expires_at = plan.expires_at}},
          .timings = timings};
}

} // namespace

Result<BootResult> run(const Plan& plan, BootParts parts)
{
  Serials serials(parts);
  State state;
  Event event = Begin{};
  Timings timings;
  const TimePoint start = parts.clock.now();
  for (;;) {
    const TimePoint now = parts.clock.now();
    note_times(event, std::chrono::duration_cast<Millis>(now - start), timings);
    Step decided = step(std::move(state), event, plan, now, parts.cancel.state());
    state = std::move(decided.state);
    say_failure(event, decided.action, parts.progress);
    if (const auto* finish = std::get_if<Finish>(&decided.action)) {
      return finish->outcome.map([&](const Done& done) { return result_of(plan, done, timings); })
        .map_error([&](const Error& error) { return last_words(error, state, plan, parts); });
    }
    std::visit(Say{plan, state, parts.progress}, decided.action);
    event = std::visit(Perform{plan, parts, serials, state}, decided.action);
  }
}

} // namespace flame::boot
