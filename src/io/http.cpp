#include "io/http.hpp"

#include "io/http_flight.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <new>
#include <system_error>

namespace flame::io {
namespace {

using Clock = std::chrono::steady_clock;
using Reason = HttpFailure::Reason;

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

// One of a batch, with what it needs to fly. Stays where it is.
struct Member {
  std::size_t index = 0;
  HttpRequest request = {};
  std::optional<HttpTarget> target = {};
  std::optional<HttpFlight> flight = {};
};

class CurlHttp : public Http {
public:
  explicit CurlHttp(HttpOptions options) : options_(std::move(options)) {}

  HttpAnswer send(const HttpRequest& request) override
  {
    const auto target = parse_target(request.url);
    std::optional<HttpFlight> flight;
    if (auto failed = begin(request, target, flight)) {
      return tl::unexpected(std::move(*failed));
    }
    for (;;) {
      HttpFlight::turn(multi_.get());
      const TimePoint now = Clock::now();
      if (auto answer = flight->answer(now)) {
        return std::move(*answer);
      }
      wait(flight->watch().pause(now), flight->watch().wake_fd());
    }
  }

  void send_all(const HttpBatch& batch) override
  {
    start();
    // By itself libcurl keeps four for each request that is under way, and so drops most of them
    // as a batch ends.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(batch.at_once));
    std::list<Member> flying;
    std::size_t next = 0;
    while (next < batch.size || !flying.empty()) {
      for (; next < batch.size && flying.size() < batch.at_once; ++next) {
        let_fly(batch, next, flying);
      }
      HttpFlight::turn(multi_.get());
      const bool any_landed = land(batch, flying);
      if (!any_landed && !flying.empty()) {
        wait_for(flying);
      }
    }
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

  // nullopt: it flies.
  std::optional<HttpFailure> begin(const HttpRequest& request,
                                   const std::optional<HttpTarget>& target,
                                   std::optional<HttpFlight>& flight)
  {
    if (!target) {
      return HttpFailure{Reason::setup, "the endpoint is not an http or https URL"};
    }
    HttpWatch watch(request, *target, Clock::now());
    auto failed = cannot_send(request, options_);
    if (!failed) {
      failed = watch.look(nullptr, Clock::now());
    }
    if (!failed) {
      start();
      flight.emplace(multi_.get(), request, *target, options_, watch);
    }
    return failed;
  }

  void let_fly(const HttpBatch& batch, std::size_t index, std::list<Member>& flying)
  {
    Member& member = flying.emplace_back();
    member.index = index;
    member.request = batch.request(index);
    member.target = parse_target(member.request.url);
    if (auto failed = begin(member.request, member.target, member.flight)) {
      flying.pop_back();
      batch.done(index, tl::unexpected(std::move(*failed)));
    }
  }

  static bool land(const HttpBatch& batch, std::list<Member>& flying)
  {
    const std::size_t before = flying.size();
    for (auto member = flying.begin(); member != flying.end();) {
      auto answer = member->flight->answer(Clock::now());
      if (!answer) {
        ++member;
        continue;
      }
      const std::size_t index = member->index;
      member = flying.erase(member); // its connection is free for the next
      batch.done(index, std::move(*answer));
    }
    return flying.size() < before;
  }

  void wait_for(const std::list<Member>& flying)
  {
    const TimePoint now = Clock::now();
    Millis pause = std::chrono::seconds(1);
    int wake_fd = -1;
    for (const Member& member : flying) {
      pause = std::min(pause, member.flight->watch().pause(now));
      wake_fd = std::max(wake_fd, member.flight->watch().wake_fd());
    }
    wait(pause, wake_fd);
  }

  void wait(Millis at_most, int wake_fd)
  {
    curl_waitfd wake = {.fd = wake_fd, .events = CURL_WAIT_POLLIN, .revents = 0};
    curl_multi_poll(multi_.get(), &wake, wake_fd < 0 ? 0 : 1, static_cast<int>(at_most.count()),
                    nullptr);
  }

  HttpOptions options_;
  Multi multi_ = {};
};

} // namespace

void Http::send_all(const HttpBatch& batch)
{
  for (std::size_t i = 0; i < batch.size; ++i) {
    batch.done(i, send(batch.request(i)));
  }
}

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
