#include "boot/perform.hpp"

#include "base/encoding.hpp"
#include "boot/request.hpp"

#include <algorithm>
#include <iterator>

namespace flame::boot {
namespace {

using std::chrono::seconds;

// RunInstances may take half a minute in a busy region.
constexpr Millis k_launch_limit = seconds(30);
constexpr Millis k_call_limit = seconds(15);
// DescribeInstances answers with so many. Source: API reference, DescribeInstances.
constexpr std::size_t k_ids_limit = 1000;
constexpr Millis k_ending_call_limit = seconds(10);
// However little of the grace is left, an unsure launch is asked about for so long.
constexpr Millis k_least_time_to_ask = seconds(2);

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

struct Perform {
  const Plan& plan;
  BootParts& parts;
  Serials& serials;
  const State& state;
  CancelState known; // what step() has seen
  const Performer::Report& report;

  aws::CallLimit look_limit() const
  {
    return limit_for(state, parts.clock.now(), k_call_limit, Millis(0));
  }

  Event operator()(const Launch& launch) const
  {
    const auto user_data = serials.user_data(launch.render, launch.group.first);
    if (!user_data) {
      return LaunchFailed{{.error = user_data.error()}};
    }
    const aws::Params params =
      launch_parameters(plan, plan.candidates.at(launch.candidate), launch.group, *user_data,
                        serials.token(launch.token));
    auto launched = parts.ec2.run_instances(params, launch_limit(state, parts.clock.now()));
    return launched ? Event(Launched{std::move(*launched)})
                    : Event(LaunchFailed{std::move(launched.error())});
  }
  Event operator()(const Describe& describe) const
  {
    Described all;
    for (std::size_t at = 0; at < describe.ids.size(); at += k_ids_limit) {
      const auto first = describe.ids.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t size = std::min(k_ids_limit, describe.ids.size() - at);
      Event seen = look({.ids = {first, first + static_cast<std::ptrdiff_t>(size)}});
      auto* some = std::get_if<Described>(&seen);
      if (some == nullptr) {
        return seen;
      }
      std::ranges::move(some->instances, std::back_inserter(all.instances));
    }
    return all;
  }
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
    const Said said =
      parts.listen ? parts.listen(listen.ids, look_limit()) : listen_to_consoles(listen.ids);
    Heard heard{.unheard = said.unheard};
    for (const auto& [id, text] : said.texts) {
      heard.lines[id] = fleet::parse_stages(text, plan.runner.nonce);
    }
    return heard;
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
  Said listen_to_consoles(const std::vector<std::string>& ids) const
  {
    return each_said(ids, [&](const std::string& id) {
      return parts.ec2.console_output(id, true, look_limit())
        .map([](const aws::ConsoleOutput& output) { return output.text; });
    });
  }
  Event look(const aws::DescribeQuery& query) const
  {
    auto found = parts.ec2.describe_instances(query, look_limit());
    return found ? Event(Described{std::move(*found)})
                 : Event(DescribeFailed{std::move(found.error())});
  }
};

} // namespace

const std::string& Serials::token(int serial)
{
  std::string& token = tokens_[serial];
  if (token.empty()) {
    token = to_hex(parts_.random.bytes(16));
  }
  return token;
}

Result<std::string> Serials::user_data(int serial, std::size_t first)
{
  const auto known = renders_.find({serial, first});
  if (known != renders_.end()) {
    return known->second;
  }
  auto rendered = parts_.render(first);
  if (rendered) {
    renders_[{serial, first}] = *rendered;
  }
  return rendered;
}

Said each_said(const std::vector<std::string>& ids,
               const std::function<aws::Outcome<std::string>(const std::string&)>& listen)
{
  Said said;
  for (const std::string& id : ids) {
    auto text = listen(id);
    if (text) {
      said.texts[id] = std::move(*text);
      continue;
    }
    const bool may_be_heard = aws::info(text.error().error_class).retry_same;
    if (!said.unheard || !may_be_heard) {
      said.unheard = Unheard{.id = id, .error = std::move(text.error())};
    }
    if (!may_be_heard) {
      break;
    }
  }
  return said;
}

Event Performer::perform(const Action& action, const State& state, CancelState known)
{
  return std::visit(Perform{plan_, parts_, serials_, state, known, report_}, action);
}

} // namespace flame::boot
