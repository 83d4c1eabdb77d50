#include "cli/waiting.hpp"

#include "base/text.hpp"
#include "boot/job.hpp"
#include "boot/listener.hpp"
#include "cli/output.hpp"
#include "cli/selection.hpp"
#include "cli/stored_logs.hpp"
#include "cli/waited.hpp"
#include "fleet/stages.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace flame::cli {
namespace {

using std::chrono::seconds;

constexpr Millis k_call_limit = seconds(15);
constexpr Millis k_settle = seconds(30);     // EC2 may not show a machine for so long
constexpr Millis k_last_words = seconds(15); // of a machine that has ended
constexpr Millis k_first_pause = seconds(1);
constexpr Millis k_longest_pause = seconds(10); // EC2 limits how often consoles are read

class Waiting {
public:
  Waiting(const Wait& wait, World& world, Console& console, Cloud& cloud)
    : wait_(wait), world_(world), console_(console), cloud_(cloud), started_(world.clock->now())
  {
  }

  Result<void> run()
  {
    for (Millis pause = k_first_pause;; pause = std::min<Millis>(pause * 3 / 2, k_longest_pause)) {
      if (auto looked = look(); !looked) {
        return looked;
      }
      if (auto heard = listen_to_all(); !heard) {
        return heard;
      }
      if (!all_.empty() && std::ranges::all_of(all_, &Waited::done)) {
        return finish();
      }
      if (wait_.limit > Millis(0) && world_.clock->now() - started_ >= wait_.limit) {
        return too_late();
      }
      say();
      world_.clock->sleep(pause, *world_.cancel, {});
      if (const int signal = world_.cancel->state().signal; signal != 0) {
        return tl::unexpected(fleet::interrupted_by(signal));
      }
    }
  }

private:
  std::string_view wanted() const { return wait_.ready ? "ready" : "stopped"; }
  aws::CallLimit limit() const { return {.deadline = world_.clock->now() + k_call_limit}; }

  static Result<void> borne(const aws::ApiError& error)
  {
    return aws::info(error.error_class).retry_same
               || error.error_class == aws::ErrorClass::cancelled
             ? Result<void>()
             : tl::unexpected(error.error);
  }

  // All machines of the selection, those that have ended too.
  Result<void> look()
  {
    const fleet::FleetParts parts{
      .ec2 = cloud_.ec2(), .clock = *world_.clock, .cancel = *world_.cancel};
    const auto found = wait_.selector.ids.empty()
                         ? fleet::find_ours(wait_.selector, true, parts)
                         : fleet::describe_machines(wait_.selector.ids, limit(), parts);
    if (!found) {
      return borne(found.error());
    }
    for (const aws::Instance& machine : *found) {
      note(machine);
    }
    const bool late = world_.clock->now() - started_ >= k_settle;
    const std::size_t least = std::max<std::size_t>(wait_.selector.ids.size(), 1);
    if (late && all_.size() < least) {
      return fail(ErrorKind::refused, fmt::format("EC2 shows no machine {}", missing()),
                  "it shows ended machines for about an hour; check the Region");
    }
    return {};
  }

  Result<void> too_late() const
  {
    std::vector<std::string> late;
    for (const Waited& one : all_) {
      if (!one.done) {
        late.push_back(one.machine.id);
      }
    }
    const std::string limit = format_duration(wait_.limit);
    return all_.empty()
             ? fail(ErrorKind::timeout,
                    fmt::format("EC2 has shown no machine {} within {}", missing(), limit),
                    "check the Region; wait longer with --timeout")
             : fail(ErrorKind::timeout,
                    fmt::format("not {} within {}: {}", wanted(), limit, join(late, ", ")),
                    "nothing was ended; wait longer with --timeout");
  }

  std::string missing() const
  {
    for (const std::string& id : wait_.selector.ids) {
      if (std::ranges::none_of(all_, [&](const Waited& one) { return one.machine.id == id; })) {
        return id;
      }
    }
    return "of " + about(wait_.selector);
  }

  void note(const aws::Instance& machine)
  {
    auto one = std::ranges::find_if(
      all_, [&](const Waited& known) { return known.machine.id == machine.id; });
    if (one == all_.end()) {
      one = all_.insert(one, Waited{});
    }
    one->machine = machine;
    const bool left =
      fleet::is_ended(machine.state) || machine.state == aws::InstanceState::stopped;
    if (left && !one->left) {
      one->left = world_.clock->now();
    }
  }

  // What machines say of themselves: all at once in their store, else on their consoles. Of these
  // EC2 does not give many a second: of ended machines first, then of each in its turn.
  Result<void> listen_to_all()
  {
    const auto stored = read_store();
    std::vector<Waited*> silent;
    for (Waited& one : all_) {
      const auto text = stored.find(one.machine.id);
      if (!one.done && text != stored.end()) {
        take(one, text->second);
      } else if (!one.done) {
        silent.push_back(&one);
      }
    }
    std::ranges::stable_sort(silent, {},
                             [](const Waited* one) { return std::pair(!one->left, one->looked); });
    silent.resize(
      std::min(silent.size(), wait_.store ? boot::k_most_beside_store : boot::k_most_consoles));
    for (Waited* one : silent) {
      one->looked = world_.clock->now();
      const auto text = console_of(*one);
      if (!text) {
        return tl::unexpected(text.error());
      }
      take(*one, *text);
    }
    return {};
  }

  // By id. Without a store, or while it cannot be read, consoles tell.
  std::map<std::string, std::string> read_store()
  {
    std::map<std::string, std::vector<std::string>> runs;
    for (const Waited& one : all_) {
      if (wait_.store && !one.done) {
        runs[std::string(fleet::tag(one.machine.tags, fleet::k_tag_run_id))].push_back(
          one.machine.id);
      }
    }
    std::map<std::string, std::string> all;
    for (const auto& [run_id, ids] : runs) {
      if (auto stored = read_stored_statuses(*wait_.store, run_id, ids, cloud_.s3(), limit())) {
        all.merge(*stored);
      }
    }
    return all;
  }

  Result<std::string> console_of(const Waited& one)
  {
    const auto console = cloud_.ec2().console_output(one.machine.id, true, limit());
    if (!console) {
      const bool passes =
        one.left || wait_.store || console.error().error_class == aws::ErrorClass::consistency;
      const auto outcome = passes ? Result<void>() : borne(console.error());
      return outcome.map([] { return std::string(); });
    }
    return console->text;
  }

  void take(Waited& one, const std::string& text)
  {
    const auto lines = fleet::parse_stages(text, fleet::nonce_in(text));
    one.stage = lines.empty() ? one.stage : lines.back().stage;
    if (const auto* const notice = fleet::interruption_in(lines); notice != nullptr && !one.told) {
      one.told = true;
      console_.note(fmt::format("{} {}", one.machine.id, fleet::story_of(*notice)));
    }
    const bool is_ready = std::ranges::count(lines, "ready", &fleet::StageLine::stage) > 0;
    const auto end = std::ranges::find_if(lines, [](const fleet::StageLine& line) {
      return line.stage == "failed" || line.stage == "stopped";
    });
    if (wait_.ready && is_ready) {
      one.done = true;
    } else if (end != lines.end()) {
      take_end(one, *end, *fleet::most_telling(lines));
    } else if (one.left && world_.clock->now() - *one.left >= k_last_words) {
      one.done = true;
      one.error =
        wait_.ready ? never_ready(one.machine) : boot::end_unsaid(one.machine, lines).error;
    }
  }

  // Of one that has gone without a word.
  static Error never_ready(const aws::Instance& machine)
  {
    Error error{.kind = ErrorKind::bootstrap,
                .message = fmt::format(
                  "{} is {} ({}), and was never ready", machine.id, aws::name(machine.state),
                  machine.state_reason.empty() ? "EC2 gives no reason" : machine.state_reason),
                .hint = fmt::format("see what it has said: flame-ec2 logs {}", machine.id)};
    error.aws_code = machine.state_reason_code;
    return error;
  }

  // `reason` is the end's own, or EC2's notice before it.
  void take_end(Waited& one, const fleet::StageLine& end, const fleet::StageLine& reason) const
  {
    one.done = true;
    if (end.stage == "stopped") {
      one.status = end.exit_status;
    }
    if (end.stage == "failed" || wait_.ready) {
      const bool failed = reason.stage == "failed";
      one.error =
        Error{.kind = reason.stage == "interrupted" ? ErrorKind::capacity : ErrorKind::bootstrap,
              .message = fmt::format("{} {}", one.machine.id, fleet::story_of(reason)),
              .stage = failed ? reason.at : reason.stage};
    }
  }

  void say()
  {
    console_.until(wait_.limit > Millis(0) ? std::optional(started_ + wait_.limit) : std::nullopt);
    for (const Waited& one : all_) {
      if (!one.done) {
        return console_.doing(fmt::format("waiting until {} is {}{}", one.machine.id, wanted(),
                                          one.stage.empty() ? "" : ", it is at: " + one.stage));
      }
    }
    if (all_.empty()) {
      console_.doing("looking for machines that EC2 hides yet");
    }
  }

  // The first failure; else, of what has stopped, the highest status.
  Result<void> finish()
  {
    console_.clear();
    const auto failed =
      std::ranges::find_if(all_, [](const Waited& one) { return one.error.has_value(); });
    const Error* const error = failed == all_.end() ? nullptr : &*failed->error;
    if (auto written = world_.write_out(waited_output(all_, wait_.output, error)); !written) {
      return written;
    }
    if (error != nullptr) {
      return as_in_result(tl::unexpected(*error));
    }
    Error outcome{.kind = ErrorKind::command, .in_result = true};
    for (const Waited& one : all_) {
      outcome.status = std::max(outcome.status, wait_.ready ? 0 : one.status.value_or(0));
    }
    return outcome.status == 0 ? Result<void>() : tl::unexpected(std::move(outcome));
  }

  const Wait& wait_;
  World& world_;
  Console& console_;
  Cloud& cloud_;
  TimePoint started_;
  std::vector<Waited> all_ = {};
};

} // namespace

Result<void> wait_for(const Wait& wait, World& world, Console& console, Cloud& cloud)
{
  return Waiting(wait, world, console, cloud).run();
}

} // namespace flame::cli
