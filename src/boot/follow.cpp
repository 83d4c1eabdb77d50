#include "boot/follow.hpp"

#include "base/time.hpp"
#include "boot/ear.hpp"
#include "boot/listener.hpp"
#include "boot/status_reader.hpp"
#include "fleet/finding.hpp"
#include "fleet/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

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
constexpr std::size_t k_parts_at_once = 16; // in memory; 4 MiB each are usual

class Follower {
public:
  Follower(const std::vector<aws::Instance>& machines, const FollowParts& parts) : parts_(parts)
  {
    began_ = parts.clock.now();
    answered_ = began_;
    for (const aws::Instance& machine : machines) {
      ears_.push_back({.job = {.machine = machine}, .looked = began_});
    }
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
    const auto mute = std::ranges::find_if(ears_, &Ear::is_mute);
    if (now - began_ < parts_.patience || mute == ears_.end()) {
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
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < ears_.size(); ++i) {
      if (!ears_[i].is_over) {
        open.push_back(i);
      }
    }
    auto heard =
      parts_.s3 == nullptr ? read_consoles(due_consoles(open), true) : listen_to_store(open);
    if (!heard) {
      return heard;
    }
    for (const std::size_t i : open) {
      judge(ears_[i], parts_.clock.now(), parts_.s3 == nullptr);
    }
    say();
    return {};
  }

  Result<void> listen_to_store(const std::vector<std::size_t>& open)
  {
    return read_parts(open)
      .and_then([&] { return read_store_statuses(open); })
      .and_then([&] { return read_consoles(due_consoles(open), false); })
      .and_then([&] {
        // What they sent before they said their end has come by now.
        std::vector<std::size_t> ended;
        std::ranges::copy_if(open, std::back_inserter(ended),
                             [&](std::size_t i) { return ears_[i].job.end.has_value(); });
        return read_parts(ended);
      });
  }

  // All that end; of the others those that were not asked for longest, for EC2 does not give many.
  std::vector<std::size_t> due_consoles(const std::vector<std::size_t>& open)
  {
    const TimePoint now = parts_.clock.now();
    const bool alone = parts_.s3 == nullptr; // nothing else tells
    std::vector<std::size_t> due;
    std::vector<std::size_t> others;
    for (const std::size_t i : open) {
      const Ear& ear = ears_[i];
      if (ear.ending) {
        due.push_back(i);
      } else if (alone || ear.job.lines.empty() || now - ear.looked >= k_console_pause) {
        others.push_back(i);
      }
    }
    std::ranges::stable_sort(others, {}, [&](std::size_t i) { return ears_[i].looked; });
    others.resize(std::min(others.size(), alone ? k_most_consoles : k_most_beside_store));
    due.insert(due.end(), others.begin(), others.end());
    for (const std::size_t i : due) {
      ears_[i].looked = now;
    }
    return due;
  }

  Result<void> read_consoles(const std::vector<std::size_t>& jobs, bool needed)
  {
    for (const std::size_t i : jobs) {
      if (auto heard = read_console(i, needed); !heard) {
        return heard;
      }
    }
    return {};
  }

  Result<void> read_store_statuses(const std::vector<std::size_t>& open)
  {
    std::vector<std::string> ids;
    ids.reserve(open.size());
    for (const std::size_t i : open) {
      ids.push_back(ears_[i].job.machine.id);
    }
    const auto texts = read_statuses(*parts_.s3, parts_.folder, ids, limit());
    for (std::size_t k = 0; k < open.size(); ++k) {
      if (!texts[k]) {
        if (auto borne = bear(texts[k].error()); !borne) {
          return borne;
        }
        continue;
      }
      answered_ = parts_.clock.now();
      take(ears_[open[k]], *texts[k]);
    }
    return {};
  }

  // All parts that have come, some machines at a time, since a part is large.
  Result<void> read_parts(std::vector<std::size_t> jobs)
  {
    while (!jobs.empty()) {
      std::vector<std::size_t> more;
      for (std::size_t at = 0; at < jobs.size(); at += k_parts_at_once) {
        const std::size_t count = std::min(k_parts_at_once, jobs.size() - at);
        if (auto read = read_next_parts(std::span(jobs).subspan(at, count), more); !read) {
          return read;
        }
      }
      jobs = std::move(more);
    }
    return {};
  }

  Result<void> read_next_parts(std::span<const std::size_t> jobs, std::vector<std::size_t>& more)
  {
    std::vector<aws::S3Object> objects;
    for (const std::size_t i : jobs) {
      objects.push_back(
        {.bucket = parts_.folder.bucket,
         .key = fleet::output_key(parts_.folder.key, ears_[i].job.machine.id, ears_[i].part)});
    }
    const auto parts = parts_.s3->get_all(objects, k_longest_part, limit());
    for (std::size_t k = 0; k < jobs.size(); ++k) {
      if (!parts[k]) {
        auto borne = is_not_there(parts[k].error()) ? Result<void>() : bear(parts[k].error());
        if (!borne) {
          return borne;
        }
        continue;
      }
      answered_ = parts_.clock.now();
      if (auto taken = take_part(jobs[k], objects[k], *parts[k]); !taken) {
        return taken;
      }
      ++ears_[jobs[k]].part;
      more.push_back(jobs[k]);
    }
    return {};
  }

  Result<void> take_part(std::size_t i, const aws::S3Object& object, const std::string& bytes)
  {
    const auto streams = fleet::parse_part(bytes);
    if (!streams) {
      return fail(ErrorKind::bootstrap,
                  fmt::format("{} is no part of an output", aws::describe(object)));
    }
    Ear& ear = ears_[i];
    for (std::size_t stream = 0; stream < fleet::k_streams; ++stream) {
      const auto which = static_cast<fleet::Stream>(stream);
      fleet::Piece piece{
        .stream = which, .at = ear.parts.next(which), .bytes = streams->at(stream)};
      ear.parts.take(piece);
      if (auto shown = show(i, piece); !shown) {
        return shown;
      }
    }
    return {};
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
    take(ear, console->text);
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

  void take(Ear& ear, std::string_view text)
  {
    if (take_lines(ear, fleet::parse_stages(text, parts_.nonce), parts_.clock.now())) {
      news_ = true;
      tell_of_spot(ear, parts_.progress);
    }
  }

  void say()
  {
    for (const Ear& ear : ears_) {
      if (!ear.is_over) {
        parts_.progress.until(ear.is_mute() ? began_ + parts_.patience : parts_.deadline);
        return parts_.progress.doing(fmt::format("{} {}", ear.job.machine.id, how_far(ear)));
      }
    }
  }

  const FollowParts& parts_;
  std::vector<Ear> ears_ = {};
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
