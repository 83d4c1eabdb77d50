#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace flame::fleet {
namespace {

using aws::ErrorClass;
using aws::InstanceState;
using std::chrono::seconds;

constexpr std::size_t k_batch = 1000; // TerminateInstances takes so many ids
constexpr Millis k_pause = seconds(2);
constexpr Millis k_call_limit = seconds(15);
// EC2 may not know a new machine for a moment: an unknown id is asked for so often before it
// counts as gone.
constexpr int k_unknown_tries = 3;

bool is_ended(InstanceState state)
{
  return state == InstanceState::terminated || state == InstanceState::shutting_down;
}

aws::CallLimit limit(const FleetParts& parts, TimePoint deadline)
{
  return {.deadline = std::min(parts.clock.now() + k_call_limit, deadline)};
}

// Ends `ids`, or says which error kept it from doing so. Failures that pass are tried again.
class Ender {
public:
  Ender(TimePoint deadline, FleetParts& parts) : deadline_(deadline), parts_(parts) {}

  void end(std::span<const std::string> ids)
  {
    const std::vector<std::string> batch(ids.begin(), ids.end());
    for (int tries = 1;; ++tries) {
      auto changes = parts_.ec2.terminate_instances(batch, call_limit());
      if (changes) {
        note(batch, *changes);
        return;
      }
      if (batch.size() > 1 && concerns_single_ids(changes.error())) {
        end_one_by_one(batch);
        return;
      }
      if (is_unknown(changes.error()) && tries == k_unknown_tries) {
        report_.ended.push_back(batch.front()); // it never was, or is long gone
        return;
      }
      if (!try_again(changes.error())) {
        for (const std::string& id : batch) {
          report_.failed.push_back({id, changes.error().error});
        }
        return;
      }
    }
  }

  EndReport report() && { return std::move(report_); }

private:
  aws::CallLimit call_limit() { return limit(parts_, deadline_); }

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

  void end_one_by_one(const std::vector<std::string>& ids)
  {
    for (const std::string& id : ids) {
      end(std::span(&id, 1));
    }
  }

  void note(const std::vector<std::string>& asked, const std::vector<aws::StateChange>& changes)
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
    if (!passes || parts_.clock.now() + k_pause >= deadline_ || parts_.cancel.state().signal != 0) {
      return false;
    }
    parts_.clock.sleep(k_pause, parts_.cancel, parts_.cancel.state());
    return true;
  }

  TimePoint deadline_;
  FleetParts& parts_;
  EndReport report_ = {};
  bool renewed_ = false;
};

} // namespace

EndReport end_machines(const std::vector<std::string>& ids, TimePoint deadline, FleetParts parts)
{
  Ender ender(deadline, parts);
  const std::span<const std::string> all(ids);
  for (std::size_t at = 0; at < all.size(); at += k_batch) {
    ender.end(all.subspan(at, std::min(k_batch, all.size() - at)));
  }
  return std::move(ender).report();
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
  return fmt::format("flame-ec2 terminate --region {} --run-id {}", region, run_id);
}

} // namespace flame::fleet
