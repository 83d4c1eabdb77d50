#include "boot/follow.hpp"

#include "boot/status_reader.hpp"
#include "fleet/finding.hpp"
#include "fleet/store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis k_call_limit = seconds(30);
constexpr Millis k_first_pause = milliseconds(500); // again after each news
constexpr Millis k_longest_pause = seconds(5);
constexpr Millis k_words_limit = seconds(15);   // for the last words of who has left
constexpr Millis k_output_limit = seconds(15);  // for output that comes after the end
constexpr Millis k_console_pause = seconds(20); // between looks at it beside a store
constexpr Millis k_deaf_limit = minutes(5);     // without any answer
constexpr std::size_t k_longest_part = 16UL * 1024 * 1024;

// How one job is listened to.
struct Ear {
  RunningJob job = {};
  unsigned part = 0;                    // the next one of the store
  fleet::Gathered parts = {};           // what came by the store, which has no gaps
  TimePoint looked = {};                // at the console beside the store
  std::optional<TimePoint> ending = {}; // since when it is seen to have ended or left
  bool told_notice = false;             // EC2's, to a spot machine, and its hint before
  bool told_hint = false;
  bool is_over = false;
};

class Follower {
public:
  Follower(const std::vector<aws::Instance>& machines, const FollowParts& parts) : parts_(parts)
  {
    for (const aws::Instance& machine : machines) {
      ears_.push_back({.job = {.machine = machine}, .looked = parts.clock.now()});
    }
    answered_ = parts.clock.now();
  }

  Followed run()
  {
    const auto error = until_all_are_over();
    Followed followed;
    if (!error) {
      followed.error = error.error();
    }
    for (Ear& ear : ears_) {
      followed.jobs.push_back(std::move(ear.job));
    }
    return followed;
  }

private:
  Result<void> until_all_are_over()
  {
    Millis pause = k_first_pause;
    for (;;) {
      news_ = false;
      auto gone_on = look().and_then([&] { return listen_to_all(); });
      if (!gone_on) {
        return gone_on;
      }
      if (std::ranges::all_of(ears_, &Ear::is_over)) {
        return {};
      }
      pause = news_ ? k_first_pause : std::min<Millis>(pause * 5 / 4, k_longest_pause);
      const bool ends =
        std::ranges::any_of(ears_, [](const Ear& ear) { return ear.ending && !ear.is_over; });
      parts_.clock.sleep(ends ? std::min(pause, Millis(seconds(1))) : pause, parts_.cancel, {});
      if (const int signal = parts_.cancel.state().signal; signal != 0) {
        return tl::unexpected(fleet::interrupted_by(signal));
      }
      if (parts_.deadline && parts_.clock.now() >= *parts_.deadline) {
        return fail(ErrorKind::timeout,
                    "the command had not ended when the machine's lifetime was over",
                    "give it more with --max-lifetime");
      }
    }
  }

  aws::CallLimit limit() const { return {.deadline = parts_.clock.now() + k_call_limit}; }

  // Passing failures are borne, but not for ever; new credentials are asked for once in a while.
  Result<void> bear(const aws::ApiError& error)
  {
    const TimePoint now = parts_.clock.now();
    if (error.error_class == aws::ErrorClass::cancelled) {
      return {}; // the loop sees why
    }
    const bool renewable = error.error_class == aws::ErrorClass::credentials
                           || error.error_class == aws::ErrorClass::clock;
    if (renewable && (!renewed_ || now - *renewed_ > k_deaf_limit)) {
      renewed_ = now;
      return parts_.ec2.renew(error.error_class);
    }
    if (aws::info(error.error_class).retry_same && now - answered_ < k_deaf_limit) {
      return {};
    }
    return tl::unexpected(error.error);
  }

  Result<void> look()
  {
    std::vector<std::string> ids;
    for (const Ear& ear : ears_) {
      if (!ear.is_over && !ear.job.has_left) {
        ids.push_back(ear.job.machine.id);
      }
    }
    if (ids.empty()) {
      return {};
    }
    auto found = parts_.ec2.describe_instances({.ids = ids}, limit());
    if (!found) {
      return found.error().error_class == aws::ErrorClass::consistency ? Result<void>()
                                                                       : bear(found.error());
    }
    answered_ = parts_.clock.now();
    for (aws::Instance& machine : *found) {
      note(std::move(machine));
    }
    return {};
  }

  void note(aws::Instance machine)
  {
    const auto ear =
      std::ranges::find_if(ears_, [&](const Ear& it) { return it.job.machine.id == machine.id; });
    if (ear == ears_.end()) {
      return;
    }
    ear->job.has_left = fleet::is_ended(machine.state)
                        || machine.state == aws::InstanceState::stopping
                        || machine.state == aws::InstanceState::stopped;
    if (ear->job.has_left && !ear->ending) {
      ear->ending = parts_.clock.now();
    }
    ear->job.machine = std::move(machine);
  }

  Result<void> listen_to_all()
  {
    for (std::size_t i = 0; i < ears_.size(); ++i) {
      if (ears_[i].is_over) {
        continue;
      }
      if (auto heard = listen(i); !heard) {
        return heard;
      }
      judge(ears_[i]);
    }
    say();
    return {};
  }

  Result<void> listen(std::size_t i)
  {
    Ear& ear = ears_[i];
    if (parts_.s3 == nullptr) {
      return read_console(i, true);
    }
    std::string status;
    auto heard = read_parts(i).and_then([&] { return read_store_status(ear, status); });
    if (!heard) {
      return heard;
    }
    const TimePoint now = parts_.clock.now();
    const bool mute = status.empty() && ear.job.lines.empty();
    if (mute || ear.ending || now - ear.looked >= k_console_pause) {
      ear.looked = now;
      heard = read_console(i, false);
    }
    // What it sent before it said its end has come by now.
    return heard.and_then([&] { return ear.job.end ? read_parts(i) : Result<void>(); });
  }

  Result<void> read_store_status(Ear& ear, std::string& status)
  {
    auto text = read_status(*parts_.s3, parts_.folder, ear.job.machine.id, limit());
    if (!text) {
      return bear(text.error());
    }
    answered_ = parts_.clock.now();
    status = std::move(*text);
    take_lines(ear, status);
    return {};
  }

  Result<void> read_parts(std::size_t i)
  {
    Ear& ear = ears_[i];
    for (;; ++ear.part) {
      const aws::S3Object object{
        .bucket = parts_.folder.bucket,
        .key = fleet::output_key(parts_.folder.key, ear.job.machine.id, ear.part)};
      const auto bytes = parts_.s3->get(object, k_longest_part, limit());
      if (!bytes) {
        return is_not_there(bytes.error()) ? Result<void>() : bear(bytes.error());
      }
      answered_ = parts_.clock.now();
      const auto streams = fleet::parse_part(*bytes);
      if (!streams) {
        return fail(ErrorKind::bootstrap,
                    fmt::format("{} is no part of an output", aws::describe(object)));
      }
      for (std::size_t stream = 0; stream < fleet::k_streams; ++stream) {
        const auto which = static_cast<fleet::Stream>(stream);
        fleet::Piece piece{
          .stream = which, .at = ear.parts.next(which), .bytes = streams->at(stream)};
        ear.parts.take(piece);
        if (auto shown = show(i, piece); !shown) {
          return shown;
        }
      }
    }
  }

  // Not every type has one while it runs, and not everybody may read it: no matter beside a store.
  Result<void> read_console(std::size_t i, bool needed)
  {
    Ear& ear = ears_[i];
    const auto console = parts_.ec2.console_output(ear.job.machine.id, true, limit());
    if (!console) {
      const bool passes =
        console.error().error_class == aws::ErrorClass::consistency || ear.job.has_left;
      return needed && !passes ? bear(console.error()) : Result<void>();
    }
    answered_ = parts_.clock.now();
    take_lines(ear, console->text);
    for (const fleet::Piece& piece : fleet::parse_pieces(console->text, parts_.nonce)) {
      if (auto shown = show(i, piece); !shown) {
        return shown;
      }
    }
    return {};
  }

  Result<void> show(std::size_t i, const fleet::Piece& piece)
  {
    const std::string bytes = ears_[i].job.output.take(piece);
    if (bytes.empty()) {
      return {};
    }
    news_ = true;
    return parts_.show(i, piece.stream, bytes);
  }

  // A console forgets its beginning, and a status may be older than the console.
  void take_lines(Ear& ear, std::string_view text)
  {
    auto lines = fleet::parse_stages(text, parts_.nonce);
    const bool older = !lines.empty() && !ear.job.lines.empty()
                       && lines.back().seconds < ear.job.lines.back().seconds;
    const bool same = lines.size() == ear.job.lines.size();
    if (lines.empty() || older || (same && lines.back().stage == ear.job.lines.back().stage)) {
      return;
    }
    news_ = true;
    ear.job.lines = std::move(lines);
    tell_of_spot(ear);
    if (!ear.job.end) {
      ear.job.end = end_said(ear.job.lines, ear.job.machine.id);
    }
    if (ear.job.end && !ear.ending) {
      ear.ending = parts_.clock.now();
    }
  }

  // What EC2 has told a spot machine, once.
  void tell_of_spot(Ear& ear) const
  {
    const std::string& id = ear.job.machine.id;
    const fleet::StageLine* const notice = fleet::interruption_in(ear.job.lines);
    if (notice != nullptr && !ear.told_notice) {
      ear.told_notice = true;
      parts_.progress.note(fmt::format("{} {}", id, fleet::story_of(*notice)));
    }
    if (!ear.told_hint
        && std::ranges::count(ear.job.lines, "rebalance", &fleet::StageLine::stage)) {
      ear.told_hint = true;
      parts_.progress.note(fmt::format("EC2 may take {} back soon; the command goes on", id));
    }
  }

  bool all_came(const Ear& ear, const fleet::StageLine& sums) const
  {
    for (std::size_t stream = 0; stream < fleet::k_streams; ++stream) {
      const bool by_console = parts_.s3 == nullptr; // pieces stand before the line with the sums
      if (!by_console
          && sums.totals.at(stream).value_or(0)
               > ear.job.output.next(static_cast<fleet::Stream>(stream))) {
        return false;
      }
    }
    return true;
  }

  void judge(Ear& ear)
  {
    if (!ear.ending) {
      return;
    }
    const Millis waited = std::chrono::duration_cast<Millis>(parts_.clock.now() - *ear.ending);
    const fleet::StageLine* sums = sums_of(ear.job.lines);
    const bool started = std::ranges::count(ear.job.lines, "start", &fleet::StageLine::stage) > 0;
    const bool shut_down = ear.job.end && ear.job.end->reason == k_by_shutdown;
    if (shut_down && !ear.job.has_left && waited < k_words_limit) {
      return; // until EC2 says who ended the machine
    }
    if (shut_down && was_taken(ear.job.machine)) {
      ear.job.end = end_unsaid(ear.job.machine, ear.job.lines);
    }
    if (ear.job.end && (sums == nullptr ? !started : all_came(ear, *sums))) {
      return finish(ear, sums);
    }
    if (waited >= (ear.job.end ? k_output_limit : k_words_limit)) {
      if (!ear.job.end) {
        ear.job.end = end_unsaid(ear.job.machine, ear.job.lines);
      }
      finish(ear, sums);
    }
  }

  static void finish(Ear& ear, const fleet::StageLine* sums)
  {
    for (std::size_t stream = 0; sums != nullptr && stream < fleet::k_streams; ++stream) {
      ear.job.output.end(static_cast<fleet::Stream>(stream), sums->totals.at(stream).value_or(0));
    }
    ear.is_over = true;
  }

  void say()
  {
    parts_.progress.until(parts_.deadline);
    for (const Ear& ear : ears_) {
      if (!ear.is_over) {
        const fleet::StageLine* const line = fleet::most_telling(ear.job.lines);
        const std::string far = line == nullptr          ? "has said nothing yet"
                                : line->stage == "start" ? "runs the command"
                                                         : "is at " + line->stage;
        return parts_.progress.doing(fmt::format("{} {}", ear.job.machine.id, far));
      }
    }
  }

  const FollowParts& parts_;
  std::vector<Ear> ears_ = {};
  TimePoint answered_ = {};
  std::optional<TimePoint> renewed_ = {};
  bool news_ = false;
};

} // namespace

Followed follow(const std::vector<aws::Instance>& machines, const FollowParts& parts)
{
  return Follower(machines, parts).run();
}

} // namespace flame::boot
