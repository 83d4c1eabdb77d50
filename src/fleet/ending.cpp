#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <span>
#include <utility>

namespace flame::fleet {
namespace {

using aws::ErrorClass;
using aws::InstanceState;
using std::chrono::seconds;

constexpr std::size_t k_batch = 1000; // TerminateInstances takes so many ids
constexpr Millis k_pause = seconds(2);
constexpr Millis k_call_limit = seconds(15);
// So many refusals of single machines for lack of a right, and no success: the rest is not asked.
constexpr int k_hopeless = 16;

aws::CallLimit limit(const FleetParts& parts, TimePoint deadline)
{
  return {.deadline = std::min(parts.clock.now() + k_call_limit, deadline),
          .cancel_grace = parts.cancel_grace};
}

using Batch = std::vector<std::string>;

bool names(std::string_view message, std::string_view id)
{
  constexpr std::string_view digits = "0123456789abcdef";
  for (auto at = message.find(id); at != std::string_view::npos; at = message.find(id, at + 1)) {
    const std::size_t end = at + id.size();
    if (end == message.size() || digits.find(message[end]) == std::string_view::npos) {
      return true; // and not the start of a longer id
    }
  }
  return false;
}

// Those of the batch that EC2's message names, and the others.
std::pair<Batch, Batch> parted(const Batch& batch, std::string_view message)
{
  std::pair<Batch, Batch> parts;
  for (const std::string& id : batch) {
    (names(message, id) ? parts.first : parts.second).push_back(id);
  }
  return parts;
}

// Ends batches, or says which error kept it from doing so. Failures that pass are tried again.
class Ender {
public:
  Ender(TimePoint deadline, TimePoint unknown_until, FleetParts& parts)
    : deadline_(deadline), unknown_until_(unknown_until), parts_(parts)
  {
  }

  void end(std::span<const std::string> ids)
  {
    for (std::size_t at = 0; at < ids.size(); at += k_batch) {
      const auto some = ids.subspan(at, std::min(k_batch, ids.size() - at));
      work_.emplace_back(some.begin(), some.end());
    }
    while (!work_.empty()) {
      const Batch batch = std::move(work_.front());
      work_.pop_front();
      end_batch(batch);
    }
  }

  EndReport report() && { return std::move(report_); }

private:
  aws::CallLimit call_limit() { return limit(parts_, deadline_); }

  void end_batch(const Batch& batch)
  {
    for (;;) {
      if (denied_ >= k_hopeless && report_.ended.empty()) {
        return note_failure(batch, denial_);
      }
      auto changes = parts_.ec2.terminate_instances(batch, call_limit());
      if (changes) {
        return note(batch, *changes);
      }
      const aws::ApiError& error = changes.error();
      const auto [named, rest] = parted(batch, error.error.message);
      const bool unknown = is_unknown(error) && (batch.size() == 1 || rest.empty());
      if (!unknown && batch.size() > 1 && concerns_single_ids(error)) {
        return split(batch, named, rest);
      }
      if (unknown && parts_.clock.now() >= unknown_until_ && !is_shown(batch)) {
        report_.ended.insert(report_.ended.end(), batch.begin(), batch.end());
        return;
      }
      if (!try_again(error)) {
        return note_failure(batch, error);
      }
    }
  }

  // The rest first, so that nothing waits for what is odd; halves when EC2 does not say which is.
  void split(const Batch& batch, const Batch& named, const Batch& rest)
  {
    if (!named.empty() && !rest.empty()) {
      work_.push_front(rest);
      work_.push_back(named);
      return;
    }
    const auto middle = batch.begin() + std::ssize(batch) / 2;
    work_.emplace_front(middle, batch.end());
    work_.emplace_front(batch.begin(), middle);
  }

  static bool is_unknown(const aws::ApiError& error)
  {
    return error.error.aws_code == "InvalidInstanceID.NotFound";
  }

  static bool concerns_single_ids(const aws::ApiError& error)
  {
    return error.error_class == ErrorClass::consistency
           || error.error_class == ErrorClass::parameter
           || error.error_class == ErrorClass::permission // by a condition on a tag
           || error.error_class == ErrorClass::unsupported
           || error.error_class == ErrorClass::unknown;
  }

  // Whether a description shows one of them alive. Where it is not allowed, none is.
  bool is_shown(const Batch& batch)
  {
    const auto found = describe_machines(batch, call_limit(), parts_);
    if (!found) {
      return found.error().error_class != ErrorClass::permission;
    }
    return std::ranges::any_of(
      *found, [](const aws::Instance& machine) { return !is_ended(machine.state); });
  }

  void note_failure(const Batch& batch, const aws::ApiError& error)
  {
    if (error.error_class == ErrorClass::permission) {
      ++denied_;
      denial_ = error;
    }
    for (const std::string& id : batch) {
      report_.failed.push_back({id, error.error});
    }
  }

  void note(const Batch& asked, const std::vector<aws::StateChange>& changes)
  {
    for (const std::string& id : asked) {
      const auto change = std::ranges::find(changes, id, &aws::StateChange::id);
      if (change != changes.end() && is_ended(change->current)) {
        report_.ended.push_back(id);
      } else {
        report_.failed.push_back(
          {id, {.kind = ErrorKind::refused, .message = fmt::format("EC2 did not end {}", id)}});
      }
    }
  }

  bool try_again(const aws::ApiError& error)
  {
    const bool renewable =
      (error.error_class == ErrorClass::credentials || error.error_class == ErrorClass::clock)
      && !renewed_;
    if (renewable) {
      renewed_ = true;
      return parts_.ec2.renew(error.error_class).has_value();
    }
    const bool passes = aws::info(error.error_class).retry_same;
    if (!passes || parts_.clock.now() + k_pause >= deadline_ || is_cancelled()) {
      return false;
    }
    parts_.clock.sleep(k_pause, parts_.cancel, parts_.cancel.state());
    return true;
  }

  bool is_cancelled() const
  {
    const CancelState cancel = parts_.cancel.state();
    return parts_.cancel_grace == Millis(0) ? cancel.signal != 0 : cancel.at_once;
  }

  TimePoint deadline_;
  TimePoint unknown_until_;
  FleetParts& parts_;
  std::deque<Batch> work_ = {};
  EndReport report_ = {};
  int denied_ = 0;            // machines
  aws::ApiError denial_ = {}; // the last one
  bool renewed_ = false;
};

} // namespace

EndReport end_machines(const std::vector<std::string>& ids, TimePoint deadline, FleetParts parts,
                       Millis patience)
{
  std::vector<std::string> all; // each once
  std::map<std::string_view, std::size_t> places;
  for (const std::string& id : ids) {
    if (places.emplace(id, all.size()).second) {
      all.push_back(id);
    }
  }
  Ender ender(deadline, std::min(parts.clock.now() + patience, deadline - 2 * k_pause), parts);
  ender.end(all);
  EndReport report = std::move(ender).report();
  std::ranges::sort(report.ended, {}, [&](const std::string& id) { return places.at(id); });
  std::ranges::sort(report.failed, {}, [&](const NotEnded& it) { return places.at(it.id); });
  return report;
}

Result<void> wait_until_gone(const std::vector<std::string>& ids, TimePoint deadline,
                             FleetParts parts)
{
  std::vector<std::string> left = ids;
  while (!left.empty()) {
    const auto found = describe_machines(left, limit(parts, deadline), parts);
    if (found) {
      std::erase_if(left, [&](const std::string& id) {
        const auto machine = std::ranges::find(*found, id, &aws::Instance::id);
        return machine == found->end() || machine->state == InstanceState::terminated;
      });
    } else if (!aws::info(found.error().error_class).retry_same) {
      return tl::unexpected(found.error().error);
    }
    if (left.empty()) {
      break;
    }
    if (const int signal = parts.cancel.state().signal; signal != 0) {
      return tl::unexpected(interrupted_by(signal));
    }
    if (parts.clock.now() >= deadline) {
      return fail(ErrorKind::timeout, fmt::format("{} has not ended yet", fmt::join(left, ", ")),
                  "EC2 has accepted to end it; large machines take minutes");
    }
    parts.clock.sleep(k_pause / 2, parts.cancel, {});
  }
  return {};
}

Result<void> as_result(const EndReport& report)
{
  if (report.failed.empty()) {
    return {};
  }
  Error error{.kind = ErrorKind::leftover, .hint = report.failed.front().error.hint};
  for (const NotEnded& failure : report.failed) {
    error.instances.push_back(failure.id);
    error.also.push_back({fmt::format("{}: {}", failure.id, failure.error.message)});
  }
  error.message = fmt::format("{} may still run", fmt::join(error.instances, ", "));
  error.aws_code = report.failed.front().error.aws_code;
  error.request_id = report.failed.front().error.request_id;
  return tl::unexpected(std::move(error));
}

std::string terminate_command(std::string_view region, std::string_view run_id)
{
  const char separator = run_id.starts_with('-') ? '=' : ' '; // else it would be read as a flag
  return fmt::format("flame-ec2 terminate --region {} --run-id{}{}", region, separator, run_id);
}

} // namespace flame::fleet
