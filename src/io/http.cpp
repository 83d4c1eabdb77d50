#include "io/http.hpp"

#include "base/time.hpp"
#include "io/http_transfer.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

namespace flame::io {
namespace {

using Clock = std::chrono::steady_clock;
using Reason = HttpFailure::Reason;
using Answer = tl::expected<HttpResponse, HttpFailure>;

constexpr Millis k_slice = Millis(50); // how late we may notice what has no descriptor

// When to stop waiting, besides libcurl's own reasons. Looks, does nothing.
class Watch {
public:
  Watch(const HttpRequest& request, const HttpTarget& target, TimePoint now)
    : request_(request), target_(target), idle_since_(now)
  {
    // An average of one byte a second, at least one byte.
    enough_ = std::max<std::int64_t>(
      1, std::chrono::duration_cast<std::chrono::seconds>(request.idle_limit).count());
  }

  // Called after each round; nullopt: go on.
  std::optional<HttpFailure> look(const HttpTransfer* transfer, TimePoint now)
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

  // Until when nothing has to be looked at, descriptors apart.
  Millis pause(TimePoint now) const
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

  // It stays readable after the first signal, so it only tells of the first.
  int wake_fd() const
  {
    return request_.cancel == nullptr || cancelled_at_ ? -1 : request_.cancel->wake_fd();
  }

private:
  CancelState cancel_state() const
  {
    return request_.cancel == nullptr ? CancelState{} : request_.cancel->state();
  }

  std::optional<HttpFailure> look_idle(const HttpTransfer& transfer, TimePoint now)
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

  const HttpRequest& request_;
  const HttpTarget& target_;
  TimePoint idle_since_;
  std::int64_t idle_bytes_ = 0;
  std::int64_t enough_ = 1;
  std::optional<TimePoint> cancelled_at_ = {};
};

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Multi = std::unique_ptr<CURLM, MultiDeleter>;

// Adds the transfer to the connections of `multi` for as long as it lives.
class Running {
public:
  Running(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy)
  {
    curl_multi_add_handle(multi_, easy_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { curl_multi_remove_handle(multi_, easy_); }

  // One round. The verdict once there is one.
  std::optional<CURLcode> turn()
  {
    int active = 0;
    curl_multi_perform(multi_, &active);
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    if (message == nullptr || message->msg != CURLMSG_DONE) {
      return std::nullopt;
    }
    return message->data.result;
  }

  void wait(Millis at_most, int wake_fd)
  {
    curl_waitfd wake = {.fd = wake_fd, .events = CURL_WAIT_POLLIN, .revents = 0};
    curl_multi_poll(multi_, &wake, wake_fd < 0 ? 0 : 1, static_cast<int>(at_most.count()), nullptr);
  }

private:
  CURLM* multi_;
  CURL* easy_;
};

std::optional<HttpFailure> cannot_send(const HttpRequest& request, const HttpOptions& options)
{
  for (const auto& [name, value] : request.headers) {
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return HttpFailure{Reason::setup,
                         fmt::format("the value of header {} holds a line end", name)};
    }
  }
  const std::string& ca = options.ca_bundle;
  if (!ca.empty() && ::access(ca.c_str(), R_OK) != 0) {
    return HttpFailure{Reason::setup, fmt::format("cannot read the CA bundle \"{}\": {}", ca,
                                                  std::generic_category().message(errno))};
  }
  return std::nullopt;
}

class CurlHttp : public Http {
public:
  explicit CurlHttp(HttpOptions options) : options_(std::move(options)) {}

  Answer send(const HttpRequest& request) override
  {
    const auto target = parse_target(request.url);
    if (!target) {
      return tl::unexpected(HttpFailure{Reason::setup, "the endpoint is not an http or https URL"});
    }
    Watch watch(request, *target, Clock::now());
    auto failed = cannot_send(request, options_);
    if (!failed) {
      failed = watch.look(nullptr, Clock::now());
    }
    if (failed) {
      return tl::unexpected(std::move(*failed));
    }
    start();
    HttpTransfer transfer(request, *target, options_);
    return drive(transfer, watch);
  }

private:
  void start()
  {
    // Once a process; its flags mean nothing since libcurl 7.57. Never undone: the process ends.
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_NOTHING);
    if (!multi_ && ready == CURLE_OK) {
      multi_.reset(curl_multi_init());
    }
    if (!multi_) {
      throw std::bad_alloc();
    }
  }

  Answer drive(HttpTransfer& transfer, Watch& watch)
  {
    Running running(multi_.get(), transfer.easy());
    for (;;) {
      if (const auto verdict = running.turn()) {
        if (*verdict == CURLE_OK && transfer.head_ended()) {
          return transfer.take_response();
        }
        return tl::unexpected(
          transfer.failure(*verdict == CURLE_OK ? CURLE_PARTIAL_FILE : *verdict));
      }
      const TimePoint now = Clock::now();
      if (auto stop = watch.look(&transfer, now)) {
        stop->request_sent = transfer.request_sent();
        stop->answer_begun = transfer.answer_begun();
        return tl::unexpected(std::move(*stop));
      }
      running.wait(watch.pause(now), watch.wake_fd());
    }
  }

  HttpOptions options_;
  Multi multi_ = {};
};

} // namespace

std::string_view HttpResponse::header(std::string_view name) const
{
  const auto found = std::ranges::find(headers, name, &decltype(headers)::value_type::first);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::unique_ptr<Http> make_http(HttpOptions options)
{
  return std::make_unique<CurlHttp>(std::move(options));
}

} // namespace flame::io
