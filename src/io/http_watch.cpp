#include "io/http_watch.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::io {
namespace {

using Reason = HttpFailure::Reason;

constexpr Millis k_slice = Millis(50); // how late we may notice what has no descriptor

} // namespace

HttpWatch::HttpWatch(const HttpRequest& request, const HttpTarget& target, TimePoint now)
  : request_(request), target_(target), idle_since_(now)
{
  // An average of one byte a second, at least one byte.
  enough_ = std::max<std::int64_t>(
    1, std::chrono::duration_cast<std::chrono::seconds>(request.idle_limit).count());
}

std::optional<HttpFailure> HttpWatch::look(const HttpTransfer* transfer, TimePoint now)
{
  const CancelState state = cancel_state();
  if (state.signal != 0 && !cancelled_at_) {
    cancelled_at_ = now;
  }
  if (state.at_once || (cancelled_at_ && now >= *cancelled_at_ + request_.cancel_grace)) {
    return HttpFailure{Reason::cancelled, "interrupted while waiting for " + target_.name};
  }
  if (now >= request_.deadline) {
    return HttpFailure{Reason::timed_out,
                       fmt::format("{} did not answer in the time that was left", target_.name)};
  }
  return transfer == nullptr ? std::nullopt : look_idle(*transfer, now);
}

Millis HttpWatch::pause(TimePoint now) const
{
  TimePoint until = std::min(request_.deadline, now + std::chrono::seconds(1));
  until = std::min(until, idle_since_ + request_.idle_limit);
  if (cancelled_at_) {
    until = std::min(until, *cancelled_at_ + request_.cancel_grace);
  }
  Millis pause = std::max(Millis(0), std::chrono::ceil<Millis>(until - now));
  const bool must_look = request_.cancel != nullptr && wake_fd() < 0;
  return must_look ? std::min(pause, k_slice) : pause;
}

int HttpWatch::wake_fd() const
{
  return request_.cancel == nullptr || cancelled_at_ ? -1 : request_.cancel->wake_fd();
}

CancelState HttpWatch::cancel_state() const
{
  return request_.cancel == nullptr ? CancelState{} : request_.cancel->state();
}

std::optional<HttpFailure> HttpWatch::look_idle(const HttpTransfer& transfer, TimePoint now)
{
  const std::int64_t bytes = transfer.progress();
  if (!transfer.connected() || bytes >= idle_bytes_ + enough_) {
    idle_bytes_ = bytes;
    idle_since_ = now; // until there is a connection, libcurl's own limit counts
  }
  if (now < idle_since_ + request_.idle_limit) {
    return std::nullopt;
  }
  return HttpFailure{Reason::timed_out, fmt::format("{} sent nothing for {}", target_.name,
                                                    format_duration(request_.idle_limit))};
}

} // namespace flame::io
