#include "client/imds.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::client {
namespace {

using Reason = ImdsFailure::Reason;
using std::chrono::seconds;
using HttpAnswer = tl::expected<io::HttpResponse, io::HttpFailure>;

constexpr seconds k_try(1);    // as the SDKs wait; off EC2 the address may just swallow packets
constexpr seconds k_budget(2); // of one get(), so that the command stays quick off EC2
constexpr seconds k_token_life(21600);
constexpr seconds k_token_margin(5);
constexpr std::size_t k_longest_value = 256UL * 1024;
constexpr int k_silent_tries = 2;
// Of an answer that says "later": processes that start together ask together.
constexpr Millis k_pauses[] = {Millis(100), Millis(200), Millis(400)};

constexpr std::string_view k_on_hint =
  "turn it on: aws ec2 modify-instance-metadata-options --http-endpoint enabled";
constexpr std::string_view k_hop_hint =
  "in a container, let the machine's metadata answers travel two hops: "
  "aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2";

ImdsFailure failure(Reason reason, std::string message, std::string_view hint = {})
{
  return {reason,
          {.kind = ErrorKind::network, .message = std::move(message), .hint = std::string(hint)}};
}

// How long to wait before the same request, the `tries`-th of which was answered so. nullopt: it
// would not help.
std::optional<Millis> pause_after(const HttpAnswer& answer, std::size_t tries)
{
  if (!answer) {
    using HttpReason = io::HttpFailure::Reason;
    const HttpReason reason = answer.error().reason;
    const bool silent = reason == HttpReason::timed_out || reason == HttpReason::broken;
    return silent && tries < k_silent_tries ? std::optional(Millis(0)) : std::nullopt;
  }
  const bool busy = answer->status == 429 || answer->status >= 500;
  return busy && tries <= std::size(k_pauses) ? std::optional(k_pauses[tries - 1]) : std::nullopt;
}

// Version 1 knows no such request; and from a container its answer may be lost, where those of
// version 1 are not.
bool lives_without_token(const HttpAnswer& answer)
{
  if (answer) {
    return answer->status == 403 || answer->status == 404 || answer->status == 405;
  }
  const io::HttpFailure& http = answer.error();
  return http.reason == io::HttpFailure::Reason::timed_out && http.request_sent
         && !http.answer_begun;
}

class NoCancel : public Cancel {
public:
  CancelState state() const override { return {}; }
};

} // namespace

Imds::Imds(ImdsOptions options, io::Http& http, Clock& clock, const Cancel* cancel)
  : options_(std::move(options)), http_(http), clock_(clock), cancel_(cancel)
{
}

tl::expected<std::optional<std::string>, ImdsFailure> Imds::get(std::string_view path)
{
  if (options_.disabled) {
    return tl::unexpected(failure(
      Reason::absent, "instance metadata is turned off by AWS_EC2_METADATA_DISABLED", "unset it"));
  }
  const TimePoint deadline = clock_.now() + k_budget;
  auto response = fetch(path, deadline);
  if (response && response->status == 401
      && !without_token_) { // the token is dead: a new one, once
    token_.clear();
    response = fetch(path, deadline);
  }
  if (!response) {
    return tl::unexpected(std::move(response.error()));
  }
  if (response->status == 404) {
    return std::nullopt;
  }
  if (response->status != 200) {
    return tl::unexpected(
      failure(response->status == 403 ? Reason::absent : Reason::failed,
              fmt::format("instance metadata answers HTTP {} for {}", response->status, path)));
  }
  if (response->body.starts_with("<")) { // an error page; no item begins so
    return tl::unexpected(
      failure(Reason::failed, fmt::format("instance metadata answers with a page for {}", path)));
  }
  return std::optional(std::move(response->body));
}

tl::expected<io::HttpResponse, ImdsFailure> Imds::fetch(std::string_view path, TimePoint deadline)
{
  const Text held = token(deadline);
  if (!held) {
    return tl::unexpected(held.error());
  }
  io::HttpRequest request{.url = options_.latest_url + std::string(path)};
  if (!held->empty()) {
    request.headers = {{"x-aws-ec2-metadata-token", *held}};
  }
  auto response = send(std::move(request), deadline);
  if (!response) {
    return tl::unexpected(failure_of(response.error()));
  }
  return *std::move(response);
}

// "" when version 1 is spoken.
Imds::Text Imds::token(TimePoint deadline)
{
  if (without_token_ || (!token_.empty() && clock_.now() < token_ends_)) {
    return token_;
  }
  const TimePoint asked = clock_.now();
  // With version 1 some of the time is left for that.
  const TimePoint until = options_.v1 ? std::min(deadline, asked + k_try) : deadline;
  const Answer answer = send(
    {.method = "PUT",
     .url = options_.token_url,
     .headers = {{"x-aws-ec2-metadata-token-ttl-seconds", std::to_string(k_token_life.count())}}},
    until);
  if (options_.v1 && lives_without_token(answer)) {
    without_token_ = true;
    token_.clear();
    return token_;
  }
  return answer ? token_of(answer, asked) : tl::unexpected(no_token(answer.error()));
}

Imds::Text Imds::token_of(const Answer& answer, TimePoint asked)
{
  const int status = answer->status;
  const std::string_view token = trim(answer->body);
  const bool plausible =
    !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
  if (status == 403) {
    return tl::unexpected(
      failure(Reason::absent, "instance metadata is turned off (HTTP 403)", k_on_hint));
  }
  if (status != 200 || !plausible || token.starts_with('<')) {
    const bool unknown = status == 404 || status == 405;
    return tl::unexpected(
      failure(unknown ? Reason::no_token : Reason::failed,
              fmt::format("instance metadata gives no token (HTTP {})", status)));
  }
  token_ = token;
  token_ends_ = asked + k_token_life - k_token_margin;
  return token_;
}

Imds::Answer Imds::send(io::HttpRequest request, TimePoint deadline)
{
  request.connect_timeout = k_try;
  request.body_limit = k_longest_value;
  request.direct = true; // a proxy would answer with its own machine's data
  request.cancel = cancel_;
  const NoCancel nobody;
  for (std::size_t tries = 1;; ++tries) {
    request.deadline = std::min(deadline, clock_.now() + k_try);
    auto answer = http_.send(request);
    const auto pause = pause_after(answer, tries);
    if (!pause || clock_.now() + *pause >= deadline) {
      return answer;
    }
    if (*pause > Millis(0)) {
      clock_.sleep(*pause, cancel_ == nullptr ? nobody : *cancel_, cancel_state());
    }
  }
}

CancelState Imds::cancel_state() const
{
  return cancel_ == nullptr ? CancelState{} : cancel_->state();
}

ImdsFailure Imds::failure_of(const io::HttpFailure& http) const
{
  if (http.reason == io::HttpFailure::Reason::cancelled) {
    ImdsFailure cancelled{Reason::cancelled,
                          {.kind = ErrorKind::interrupted, .message = http.message}};
    cancelled.error.signal = cancel_state().signal;
    return cancelled;
  }
  return failure(Reason::failed, fmt::format("instance metadata fails: {}", http.message));
}

// Off EC2 nobody answers. From a container on EC2 the connection is made, but the answer to the
// token request does not come through: it may travel one hop only.
ImdsFailure Imds::no_token(const io::HttpFailure& http) const
{
  using HttpReason = io::HttpFailure::Reason;
  ImdsFailure found = failure_of(http);
  const bool somebody = http.answer_begun || http.reason == HttpReason::too_large
                        || http.reason == HttpReason::not_http;
  if (found.reason == Reason::cancelled || somebody) {
    return found;
  }
  const bool swallowed = http.reason == HttpReason::timed_out && http.request_sent;
  return failure(Reason::absent, fmt::format("no instance metadata: {}", http.message),
                 swallowed ? k_hop_hint : "");
}

} // namespace flame::client
