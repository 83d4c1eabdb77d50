#include "boot/saying.hpp"

#include "base/text.hpp"
#include "fleet/stages.hpp"

#include <fmt/format.h>

namespace flame::boot {
namespace {

// A line has room for a few ids.
std::string named(const std::vector<std::string>& ids)
{
  constexpr std::size_t k_room = 3;
  return ids.size() > k_room ? fmt::format("{} machines", ids.size()) : join(ids, ", ");
}

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
    const std::string many = plan.count == 1 ? "" : fmt::format("{} of ", launch.group.most);
    progress.doing(state.why ? "asking EC2 what the launch has made"
                             : fmt::format("launching {}{}{}", many, what, place));
  }
  void operator()(const Describe& looked) const
  {
    if (state.reported) {
      return; // somebody else is waited for
    }
    if (!state.asked.empty()) {
      return (*this)(Listen{{state.watched}}); // the same wait, with a look between
    }
    progress.doing(fmt::format("waiting for {} to run", named(looked.ids)));
  }
  void operator()(const Lookup& /*unused*/) const
  {
    progress.doing(state.why ? "looking for what the launch has made"
                             : fmt::format("asking EC2 in {}", plan.region));
  }
  void operator()(const Terminate& terminate) const
  {
    progress.doing(fmt::format("ending {}", named(terminate.ids)));
  }
  void operator()(const ReadConsole& read) const
  {
    progress.doing(fmt::format("reading the console of {}", read.id));
  }
  void operator()(const Listen& listen) const
  {
    const std::string& id = listen.ids.front();
    const auto told = state.stages.find(id);
    const std::string others =
      plan.count == 1 ? "" : fmt::format(" ({} of {} are)", state.ready.size(), state.wanted);
    progress.doing(fmt::format("waiting for {} to be ready{}{}", id, others,
                               told == state.stages.end() ? "" : ", it is at: " + told->second));
  }
  void operator()(const Renew& renew) const
  {
    progress.note(renew.reason == aws::ErrorClass::clock
                    ? "the local clock is off; going on with the time of EC2"
                    : "the credentials were refused; getting new ones");
  }
  void operator()(const Wait& /*unused*/) const
  {
    if (state.reported && !state.why) {
      progress.doing("waiting for the attached caller to say up");
    }
  }
  void operator()(const Report& /*unused*/) const {}
  void operator()(const Finish& /*unused*/) const {}
};

} // namespace

void say(const Action& action, const Plan& plan, const State& state, Progress& progress)
{
  progress.until(state.why ? state.end_by : state.deadline);
  std::visit(Say{plan, state, progress}, action);
}

void say_failure(const Event& event, const Action& next, Progress& progress)
{
  const auto* failed = std::get_if<LaunchFailed>(&event);
  if (failed != nullptr && !std::holds_alternative<Finish>(next)) {
    progress.note(failed->error.error.message);
  }
}

Error with_stage(Error error, const State& state, const Plan& plan)
{
  const auto stages = fleet::parse_stages(state.console, plan.runner.nonce);
  const fleet::StageLine* line = fleet::most_telling(stages);
  if (line == nullptr) {
    return error;
  }
  const bool failed = line->stage == "failed";
  const std::string stage = failed ? line->at : line->stage;
  const bool is_told = error.stage == stage; // the error is about that line
  error.stage = stage;
  const std::string told =
    fmt::format("the bootstrap of {} {}", state.watched, fleet::story_of(*line));
  if (error.kind == ErrorKind::bootstrap && failed) {
    error.message = told;
    error.hint = {};
  } else if (!is_told && (error.kind == ErrorKind::bootstrap || error.kind == ErrorKind::timeout)) {
    error.message += "; " + told;
  }
  return error;
}

} // namespace flame::boot
