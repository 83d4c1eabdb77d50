#include "client/exchange.hpp"

#include "aws/ec2_xml.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "client/json_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::client {
namespace {

using aws::ApiError;
using aws::ErrorClass;
using Reason = io::HttpFailure::Reason;

constexpr std::string_view k_where =
  "check the Region, and where the endpoint is set: --endpoint-url, --ec2-service-endpoint, "
  "AWS_ENDPOINT_URL; and the proxy variables (HTTPS_PROXY, NO_PROXY)";
constexpr std::string_view k_trust =
  "name the CA that vouches for it with --ca-bundle FILE (or AWS_CA_BUNDLE)";
constexpr std::string_view k_foreign =
  "something else than AWS answers there, perhaps a proxy; check the endpoint and the proxy "
  "variables (HTTPS_PROXY, NO_PROXY)";

constexpr std::string_view k_form = "application/x-www-form-urlencoded; charset=utf-8";
constexpr std::string_view k_json = "application/x-amz-json-1.1";

struct FailureRule {
  Reason reason;
  ErrorClass before_sent;
  ErrorClass after_sent;
  std::string_view hint;
};

// clang-format off
// Ordered as the enum. A certificate that is not trusted will not be so a moment later, so it is
// not of the class `endpoint`, which is retried.
constexpr FailureRule k_failures[] = {
  {Reason::resolve,   ErrorClass::endpoint,  ErrorClass::transient, k_where},
  {Reason::connect,   ErrorClass::endpoint,  ErrorClass::transient, k_where},
  {Reason::tls,       ErrorClass::answer,    ErrorClass::answer,    k_trust},
  {Reason::timed_out, ErrorClass::endpoint,  ErrorClass::transient, k_where},
  {Reason::broken,    ErrorClass::endpoint,  ErrorClass::transient, k_where},
  {Reason::not_http,  ErrorClass::answer,    ErrorClass::answer,    k_foreign},
  {Reason::too_large, ErrorClass::answer,    ErrorClass::answer,    k_foreign},
  {Reason::cancelled, ErrorClass::cancelled, ErrorClass::cancelled, ""},
  {Reason::setup,     ErrorClass::unknown,   ErrorClass::unknown,   ""},
};
// clang-format on
static_assert(std::size(k_failures) == static_cast<std::size_t>(Reason::setup) + 1);

ApiError from_failure(const QueryCall& call, const io::HttpFailure& failure, const Cancel* cancel)
{
  const FailureRule& rule = k_failures[static_cast<std::size_t>(failure.reason)];
  const ErrorClass found = failure.request_sent ? rule.after_sent : rule.before_sent;
  const bool setup = failure.reason == Reason::setup;
  ApiError error{
    .error = {.kind = setup ? ErrorKind::config : aws::info(found).kind,
              .message = fmt::format("{} failed: {}", call.action, failure.message),
              .hint = std::string(rule.hint)},
    .error_class = found,
    .may_have_happened = failure.request_sent,
  };
  if (failure.reason == Reason::cancelled && cancel != nullptr) {
    error.error.signal = cancel->state().signal;
  }
  return error;
}

aws::Request post_of(const QueryCall& call)
{
  aws::Request request{
    .method = "POST",
    .scheme = call.endpoint.scheme,
    .host = call.endpoint.host,
    .path = call.endpoint.path + "/",
    .headers = {{"content-type", std::string(call.target.empty() ? k_form : k_json)}},
    .body = std::string(call.body),
  };
  if (!call.target.empty()) {
    request.headers.emplace_back("x-amz-target", call.target);
  }
  return request;
}

ApiError from_redirect(const QueryCall& call, const io::HttpResponse& response)
{
  const auto target = split_url(response.header("location"));
  const bool plain =
    target && std::ranges::all_of(target->host, [](char c) { return c > ' ' && c < '\x7f'; });
  const std::string where = plain ? authority_of(*target) : "another address";
  ApiError error =
    aws::answer_error(call.action,
                      fmt::format("is a redirect to {} (HTTP {} from {})", where, response.status,
                                  call.endpoint.host),
                      "redirects are not followed, since a request is signed for its host; give "
                      "the final address as the endpoint, or see whether a proxy stands between");
  error.http_status = response.status;
  error.may_have_happened = false;
  return error;
}

std::optional<Millis> retry_wish(const io::HttpResponse& response)
{
  const std::string_view text = response.header("x-amz-retry-after");
  Millis::rep count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = !text.empty() && failed == std::errc() && end == text.data() + text.size();
  return whole && count >= 0 ? std::optional(Millis(count)) : std::nullopt;
}

ApiError from_status(const QueryCall& call, const io::HttpResponse& response)
{
  const bool redirect = response.status >= 300 && response.status < 400;
  if (redirect && response.header("x-amz-bucket-region").empty()) { // S3's own leads to a Region
    return from_redirect(call, response);
  }
  ApiError error = call.target.empty()
                     ? aws::parse_error(call.action, response.body, response.status)
                     : parse_json_error(call.action, response.body, response.status);
  error.error.retry_after = retry_wish(response);
  if (error.error.request_id.empty()) {
    const std::string_view id = response.header("x-amzn-requestid");
    error.error.request_id = id.empty() ? response.header("x-amz-request-id") : id;
  }
  if (error.error.aws_code.empty()) {
    error = name_source(std::move(error), call, response.status, response.body);
  }
  if (response.status == 407) {
    error.error.hint = "the proxy wants a name and a password; give them in HTTPS_PROXY";
  }
  return error;
}

// Of an HTML page; at most one short line of plain letters, since a stranger wrote it.
std::string page_title(std::string_view body)
{
  const std::string lower = to_lower(body.substr(0, 4096));
  const std::size_t start = lower.find("<title>");
  const std::size_t end = lower.find("</title>");
  if (start == std::string::npos || end == std::string::npos || end < start) {
    return {};
  }
  std::string title(trim(body.substr(start + 7, std::min<std::size_t>(end - start - 7, 60))));
  std::ranges::replace_if(
    title, [](char c) { return c < ' ' || c == '\x7f'; }, '?');
  return title;
}

} // namespace

io::HttpRequest signed_request(const QueryCall& call, const Sending& sending)
{
  aws::Request request = call.request != nullptr ? *call.request : post_of(call);
  request.headers.emplace_back("user-agent", call.user_agent);
  if (!sending.credentials.access_key_id.empty()) {
    request = aws::sign(std::move(request),
                        {.region = call.region, .service = call.service, .time = sending.time},
                        sending.credentials);
  }
  return {.method = request.method,
          .url = aws::url_of(request),
          .headers = std::move(request.headers),
          .body = std::move(request.body),
          .deadline = sending.limit.deadline,
          .body_limit = call.longest_answer,
          .cancel = sending.cancel,
          .cancel_grace = sending.limit.cancel_grace};
}

Exchange exchange(const QueryCall& call, const Sending& sending)
{
  return read_answer(call, sending.http.send(signed_request(call, sending)), sending.cancel);
}

Exchange read_answer(const QueryCall& call, io::HttpAnswer answer, const Cancel* cancel)
{
  if (!answer) {
    return {.body = tl::unexpected(from_failure(call, answer.error(), cancel))};
  }
  const bool cached = !answer->header("age").empty();
  const auto time = cached ? std::nullopt : parse_http_date(answer->header("date"));
  const int status = answer->status;
  if (status >= 200 && status < 300) {
    return {.body = std::move(answer->body),
            .status = status,
            .server_time = time,
            .headers = std::move(answer->headers)};
  }
  return {.body = tl::unexpected(from_status(call, *answer)),
          .status = status,
          .server_time = time,
          .headers = std::move(answer->headers)};
}

ApiError name_source(ApiError error, const QueryCall& call, int status, std::string_view body)
{
  const std::string title = page_title(body);
  error.http_status = status;
  error.error.message += title.empty() ? "" : fmt::format(", titled \"{}\"", title);
  error.error.message +=
    fmt::format("; it came from {} with HTTP status {}", call.endpoint.host, status);
  if (error.error_class == ErrorClass::answer) {
    error.error.hint = k_foreign;
  }
  return error;
}

} // namespace flame::client
