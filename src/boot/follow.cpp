#include "boot/follow.hpp"

#include "base/time.hpp"
#include "boot/followed_job.hpp"
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
constexpr Millis k_console_pause = seconds(20); // between looks at it beside a store
constexpr Millis k_deaf_limit = minutes(5);     // without any answer
constexpr std::size_t k_longest_part = 16UL * 1024 * 1024;

class Follower {
public:
  Follower(const std::vector<aws::Instance>& machines, const FollowParts& parts) : parts_(parts)
  {
    began_ = parts.clock.now();
    answered_ = began_;
    for (const aws::Instance& machine : machines) {
      followed_.push_back({.job = {.machine = machine}, .looked = began_});
    }
  }

  Followed run()
  {
    const auto error = until_all_are_over();
    Followed followed;
    if (!error) {
      followed.error = error.error();
    }
    for (FollowedJob& it : followed_) {
      followed.jobs.push_back(std::move(it.job));
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
      if (std::ranges::all_of(followed_, &FollowedJob::is_over)) {
        return {};
      }
      pause = news_ ? k_first_pause : std::min<Millis>(pause * 5 / 4, k_longest_pause);
      const bool ends = std::ranges::any_of(
        followed_, [](const FollowedJob& it) { return it.ending && !it.is_over; });
      parts_.clock.sleep(ends ? std::min(pause, Millis(seconds(1))) : pause, parts_.cancel, {});
      if (const int signal = parts_.cancel.state().signal; signal != 0) {
        return tl::unexpected(fleet::interrupted_by(signal));
      }
      if (auto in_time = check_time(); !in_time) {
        return in_time;
      }
    }
  }

  Result<void> check_time() const
  {
    const TimePoint now = parts_.clock.now();
    if (parts_.deadline && now >= *parts_.deadline) {
      return fail(ErrorKind::timeout,
                  "the command had not ended when the machine's lifetime was over",
                  "give it more with --max-lifetime");
    }
    const auto mute = std::ranges::find_if(followed_, &FollowedJob::is_mute);
    if (now - began_ < parts_.patience || mute == followed_.end()) {
      return {};
    }
    const std::string& id = mute->job.machine.id;
    return fail(
      ErrorKind::timeout,
      fmt::format("{} has run for {} and said nothing", id, format_duration(parts_.patience)),
      fmt::format("an image without cloud-init does not begin; its console: flame-ec2 "
                  "logs {}; more time: --boot-timeout",
                  id));
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
    for (const FollowedJob& it : followed_) {
      if (!it.is_over && !it.job.has_left) {
        ids.push_back(it.job.machine.id);
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
    const auto it = std::ranges::find_if(
      followed_, [&](const FollowedJob& other) { return other.job.machine.id == machine.id; });
    if (it == followed_.end()) {
      return;
    }
    it->job.has_left = fleet::is_ended(machine.state)
                       || machine.state == aws::InstanceState::stopping
                       || machine.state == aws::InstanceState::stopped;
    if (it->job.has_left && !it->ending) {
      it->ending = parts_.clock.now();
    }
    it->job.machine = std::move(machine);
  }

  Result<void> listen_to_all()
  {
    for (std::size_t i = 0; i < followed_.size(); ++i) {
      if (followed_[i].is_over) {
        continue;
      }
      if (auto heard = listen(i); !heard) {
        return heard;
      }
      judge(followed_[i], parts_.s3 != nullptr, parts_.clock.now());
    }
    say();
    return {};
  }

  Result<void> listen(std::size_t i)
  {
    FollowedJob& it = followed_[i];
    if (parts_.s3 == nullptr) {
      return read_console(i, true);
    }
    std::string status;
    auto heard = read_parts(i).and_then([&] { return read_store_status(it, status); });
    if (!heard) {
      return heard;
    }
    const TimePoint now = parts_.clock.now();
    const bool mute = status.empty() && it.job.lines.empty();
    if (mute || it.ending || now - it.looked >= k_console_pause) {
      it.looked = now;
      heard = read_console(i, false);
    }
    // What it sent before it said its end has come by now.
    return heard.and_then([&] { return it.job.end ? read_parts(i) : Result<void>(); });
  }

  Result<void> read_store_status(FollowedJob& it, std::string& status)
  {
    auto text = read_status(*parts_.s3, parts_.folder, it.job.machine.id, limit());
    if (!text) {
      return bear(text.error());
    }
    answered_ = parts_.clock.now();
    status = std::move(*text);
    take(it, status);
    return {};
  }

  Result<void> read_parts(std::size_t i)
  {
    FollowedJob& it = followed_[i];
    for (;; ++it.part) {
      const aws::S3Object object{
        .bucket = parts_.folder.bucket,
        .key = fleet::output_key(parts_.folder.key, it.job.machine.id, it.part)};
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
          .stream = which, .at = it.parts.next(which), .bytes = streams->at(stream)};
        it.parts.take(piece);
        if (auto shown = show(i, piece); !shown) {
          return shown;
        }
      }
    }
  }

  // Not every type has one while it runs, and not everybody may read it: no matter beside a store.
  Result<void> read_console(std::size_t i, bool needed)
  {
    FollowedJob& it = followed_[i];
    const auto console = parts_.ec2.console_output(it.job.machine.id, true, limit());
    if (!console) {
      const bool passes =
        console.error().error_class == aws::ErrorClass::consistency || it.job.has_left;
      return needed && !passes ? bear(console.error()) : Result<void>();
    }
    answered_ = parts_.clock.now();
    take(it, console->text);
    for (const fleet::Piece& piece : fleet::parse_pieces(console->text, parts_.nonce)) {
      if (auto shown = show(i, piece); !shown) {
        return shown;
      }
    }
    return {};
  }

  void take(FollowedJob& it, std::string_view text)
  {
    if (take_lines(it, text, parts_.nonce, parts_.clock.now())) {
      news_ = true;
      tell_of_spot(it, parts_.progress);
    }
  }

  Result<void> show(std::size_t i, const fleet::Piece& piece)
  {
    const std::string bytes = followed_[i].job.output.take(piece);
    if (bytes.empty()) {
      return {};
    }
    news_ = true;
    return parts_.show(i, piece.stream, bytes);
  }

  void say()
  {
    parts_.progress.until(parts_.deadline);
    for (const FollowedJob& it : followed_) {
      if (!it.is_over) {
        return parts_.progress.doing(fmt::format("{} {}", it.job.machine.id, how_far(it)));
      }
    }
  }

  const FollowParts& parts_;
  std::vector<FollowedJob> followed_ = {};
  TimePoint began_ = {};
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
