#include "client/credentials/web.hpp"

#include <fmt/format.h>

namespace flame::client {
namespace {

using Answer = tl::expected<io::HttpResponse, io::HttpFailure>;
using Reason = io::HttpFailure::Reason;

constexpr int k_web_tries = 3;
constexpr Millis k_pause = std::chrono::seconds(1);
constexpr std::size_t k_longest_answer = 256UL * 1024;

class NeverCancel : public Cancel {
public:
  CancelState state() const override { return {}; }
};

bool passes(const Answer& answer)
{
  if (answer) {
    return answer->status == 429 || answer->status >= 500;
  }
  const Reason reason = answer.error().reason;
  return reason == Reason::resolve || reason == Reason::connect || reason == Reason::timed_out
         || reason == Reason::broken;
}

Error error_of(const Sources& sources, const std::string& whom, const io::HttpFailure& failure)
{
  const bool cancelled = failure.reason == Reason::cancelled;
  Error error{.kind = cancelled ? ErrorKind::interrupted : ErrorKind::network,
              .message = fmt::format("{} gives no answer: {}", whom, failure.message)};
  if (failure.reason == Reason::tls) {
    error.hint = "name the CA that vouches for it with --ca-bundle FILE (or AWS_CA_BUNDLE)";
  }
  if (cancelled && sources.cancel != nullptr) {
    error.signal = sources.cancel->state().signal;
  }
  return error;
}

} // namespace

Result<io::HttpResponse> ask(const Sources& sources, WebRequest request)
{
  const NeverCancel never;
  const Cancel& cancel = sources.cancel == nullptr ? never : *sources.cancel;
  request.http.connect_timeout = std::min(request.http.connect_timeout, request.limit);
  request.http.body_limit = k_longest_answer;
  request.http.cancel = sources.cancel;
  request.http.cancel_grace = sources.cancel_grace;
  for (int tries = 1;; ++tries) {
    request.http.deadline = sources.clock->now() + request.limit;
    auto answer = sources.http->send(request.http);
    if (answer && (!passes(answer) || tries == k_web_tries)) {
      return *std::move(answer);
    }
    if (!answer && (!passes(answer) || tries == k_web_tries)) {
      return tl::unexpected(error_of(sources, request.whom, answer.error()));
    }
    sources.clock->sleep(k_pause, cancel, cancel.state());
  }
}

Error unexpected_answer(const std::string& whom, const io::HttpResponse& response)
{
  const bool busy = response.status == 429 || response.status >= 500;
  return {.kind = busy ? ErrorKind::network : ErrorKind::credentials,
          .message = fmt::format("{} answers HTTP {}", whom, response.status)};
}

} // namespace flame::client
