#include "client/imds.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::client {
namespace {

using Reason = ImdsFailure::Reason;
using std::chrono::seconds;

constexpr seconds k_try(1);    // as the SDKs wait; off EC2 the address may just swallow packets
constexpr seconds k_budget(2); // of one get(), so that the command stays quick off EC2
constexpr seconds k_token_life(21600);
constexpr seconds k_token_margin(5);
constexpr std::size_t k_longest_value = 256UL * 1024;
constexpr int k_most_tries = 2;

constexpr std::string_view k_hop_hint =
  "in a container, let the machine's metadata answers travel two hops: "
  "aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2";

std::string value_of(const std::map<std::string, std::string>& env, const char* name)
{
  const auto found = env.find(name);
  return found == env.end() ? std::string() : found->second;
}

ImdsFailure failure(Reason reason, std::string message, std::string_view hint = {})
{
  return {reason,
          {.kind = ErrorKind::network, .message = std::move(message), .hint = std::string(hint)}};
}

// Worth another try: nothing came, or the service is busy.
bool passes(const tl::expected<io::HttpResponse, io::HttpFailure>& response)
{
  if (!response) {
    using HttpReason = io::HttpFailure::Reason;
    return response.error().reason == HttpReason::timed_out
           || response.error().reason == HttpReason::broken;
  }
  return response->status == 429 || response->status >= 500;
}

} // namespace

Result<ImdsOptions> imds_options(const std::map<std::string, std::string>& env)
{
  const std::string mode = to_lower(value_of(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"));
  if (!mode.empty() && mode != "ipv4" && mode != "ipv6") {
    return fail(ErrorKind::config,
                fmt::format("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is \"{}\"", mode),
                "it may be IPv4 or IPv6");
  }
  std::string base = mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  const std::string given = value_of(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (!given.empty()) {
    if (!given.starts_with("http://") && !given.starts_with("https://")) {
      return fail(ErrorKind::config,
                  fmt::format("AWS_EC2_METADATA_SERVICE_ENDPOINT is \"{}\"", given),
                  "it must be a URL like http://169.254.169.254");
    }
    base = given;
  }
  while (base.ends_with('/')) {
    base.pop_back();
  }
  return ImdsOptions{.latest_url = base + "/latest/",
                     .token_url = base + "/latest/api/token",
                     .disabled = to_lower(value_of(env, "AWS_EC2_METADATA_DISABLED")) == "true"};
}

Imds::Imds(ImdsOptions options, io::Http& http, const Clock& clock, const Cancel* cancel)
  : options_(std::move(options)), http_(http), clock_(clock), cancel_(cancel)
{
}

tl::expected<std::optional<std::string>, ImdsFailure> Imds::get(std::string_view path)
{
  if (options_.disabled) {
    return tl::unexpected(failure(Reason::absent, "instance metadata is turned off by "
                                                  "AWS_EC2_METADATA_DISABLED"));
  }
  const TimePoint deadline = clock_.now() + k_budget;
  auto response = fetch(path, deadline);
  if (response && response->status == 401) { // the token is dead: a new one, once
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
  auto response = send({.url = options_.latest_url + std::string(path),
                        .headers = {{"x-aws-ec2-metadata-token", *held}}},
                       deadline);
  if (!response) {
    return tl::unexpected(failure_of(response.error()));
  }
  return *std::move(response);
}

Imds::Text Imds::token(TimePoint deadline)
{
  if (!token_.empty() && clock_.now() < token_ends_) {
    return token_;
  }
  const TimePoint asked = clock_.now();
  auto response = send(
    {.method = "PUT",
     .url = options_.token_url,
     .headers = {{"x-aws-ec2-metadata-token-ttl-seconds", std::to_string(k_token_life.count())}}},
    deadline);
  if (!response) {
    return tl::unexpected(no_token(response.error()));
  }
  const std::string_view token = trim(response->body);
  const bool plausible =
    !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
  if (response->status == 403) {
    return tl::unexpected(failure(Reason::absent, "instance metadata is turned off (HTTP 403)"));
  }
  if (response->status != 200 || !plausible || token.starts_with('<')) {
    return tl::unexpected(failure(
      Reason::failed, fmt::format("instance metadata gives no token (HTTP {})", response->status)));
  }
  token_ = token;
  token_ends_ = asked + k_token_life - k_token_margin;
  return token_;
}

tl::expected<io::HttpResponse, io::HttpFailure> Imds::send(io::HttpRequest request,
                                                           TimePoint deadline)
{
  request.connect_timeout = k_try;
  request.body_limit = k_longest_value;
  request.direct = true; // a proxy would answer with its own machine's data
  request.cancel = cancel_;
  for (int tries = 1;; ++tries) {
    request.deadline = std::min(deadline, clock_.now() + k_try);
    auto response = http_.send(request);
    if (!passes(response) || tries == k_most_tries || clock_.now() >= deadline) {
      return response;
    }
  }
}

ImdsFailure Imds::failure_of(const io::HttpFailure& http) const
{
  if (http.reason == io::HttpFailure::Reason::cancelled) {
    ImdsFailure cancelled{Reason::cancelled,
                          {.kind = ErrorKind::interrupted, .message = http.message}};
    cancelled.error.signal = cancel_ == nullptr ? 0 : cancel_->state().signal;
    return cancelled;
  }
  return failure(Reason::failed, fmt::format("instance metadata fails: {}", http.message));
}

// Off EC2 nobody answers. From a container on EC2 the connection is made, but the answer to the
// token request does not come through: it may travel one hop only.
ImdsFailure Imds::no_token(const io::HttpFailure& http) const
{
  ImdsFailure found = failure_of(http);
  if (found.reason == Reason::cancelled) {
    return found;
  }
  const bool swallowed = http.reason == io::HttpFailure::Reason::timed_out && http.request_sent;
  return failure(Reason::absent, fmt::format("no instance metadata: {}", http.message),
                 swallowed ? k_hop_hint : "");
}

} // namespace flame::client
