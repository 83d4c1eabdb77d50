#pragma once

#include "io/http_transfer.hpp"

#include <cstdint>
#include <optional>

namespace flame::io {

// When to stop waiting for a request, besides libcurl's own reasons. Looks, does nothing. Used by
// the files of http alone.
class HttpWatch {
public:
  // Both outlive it.
  HttpWatch(const HttpRequest& request, const HttpTarget& target, TimePoint now);

  // Called after each round, before there is a transfer with nullptr; nullopt: go on.
  std::optional<HttpFailure> look(const HttpTransfer* transfer, TimePoint now);
  // Until when nothing has to be looked at, descriptors apart.
  Millis pause(TimePoint now) const;
  // It stays readable after the first signal, so it only tells of the first.
  int wake_fd() const;

private:
  CancelState cancel_state() const;
  std::optional<HttpFailure> look_idle(const HttpTransfer& transfer, TimePoint now);

  const HttpRequest& request_;
  const HttpTarget& target_;
  TimePoint idle_since_;
  std::int64_t idle_bytes_ = 0;
  std::int64_t enough_ = 1;
  std::optional<TimePoint> cancelled_at_ = {};
};

} // namespace flame::io
