#include "base/time.hpp"
#include "io/http_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

// libcurl's verdicts in our words.
namespace flame::io {
namespace {

using Reason = HttpFailure::Reason;

struct Verdict {
  CURLcode code;
  Reason reason;
  const char* sentence; // {0}: host and port, {1}: the system's or libcurl's reason
};

// CURLE_TOO_LARGE, headers without end: in libcurl's headers since 8.6.
constexpr auto k_curle_too_large = static_cast<CURLcode>(100);

// clang-format off
constexpr Verdict k_verdicts[] = {
  {CURLE_COULDNT_RESOLVE_HOST,     Reason::resolve,   "no address is known for {0}"},
  {CURLE_COULDNT_RESOLVE_PROXY,    Reason::resolve,   "no address is known for the proxy on the way to {0}"},
  {CURLE_COULDNT_CONNECT,          Reason::connect,   "cannot connect to {0}: {1}"},
  {CURLE_SSL_CONNECT_ERROR,        Reason::tls,       "no TLS connection to {0}: {1}"},
  {CURLE_PEER_FAILED_VERIFICATION, Reason::tls,       "the certificate of {0} is not trusted: {1}"},
  {CURLE_SSL_ISSUER_ERROR,         Reason::tls,       "the certificate of {0} is not trusted: {1}"},
  {CURLE_SSL_INVALIDCERTSTATUS,    Reason::tls,       "the certificate of {0} is not trusted: {1}"},
  {CURLE_SSL_CIPHER,               Reason::tls,       "no TLS connection to {0}: {1}"},
  {CURLE_SSL_CERTPROBLEM,          Reason::tls,       "no TLS connection to {0}: {1}"},
  {CURLE_SSL_CACERT_BADFILE,       Reason::setup,     "the CA bundle cannot be used: {1}"},
  {CURLE_URL_MALFORMAT,            Reason::setup,     "the URL of {0} is not valid"},
  {CURLE_PARTIAL_FILE,             Reason::broken,    "the answer of {0} was cut short"},
  {CURLE_GOT_NOTHING,              Reason::broken,    "{0} closed the connection without an answer"},
  {CURLE_WEIRD_SERVER_REPLY,       Reason::not_http,  "{0} does not speak HTTP"},
  {CURLE_UNSUPPORTED_PROTOCOL,     Reason::not_http,  "{0} does not speak HTTP"},
  {CURLE_BAD_CONTENT_ENCODING,     Reason::not_http,  "{0} does not speak HTTP"},
  {CURLE_FILESIZE_EXCEEDED,        Reason::too_large, "the answer of {0} is larger than {2} bytes"},
  {k_curle_too_large,              Reason::too_large, "the answer of {0} is larger than {2} bytes"},
  {CURLE_RECV_ERROR,               Reason::broken,    "the connection to {0} broke: {1}"},
  {CURLE_SEND_ERROR,               Reason::broken,    "the connection to {0} broke: {1}"},
};
// clang-format on
constexpr Verdict k_other = {CURLE_OK, Reason::broken, "the exchange with {0} failed: {1}"};

} // namespace

// The system's word for it, else libcurl's. Neither holds anything of the request.
std::string HttpTransfer::reason() const
{
  long number = 0;
  curl_easy_getinfo(easy(), CURLINFO_OS_ERRNO, &number);
  if (number != 0) {
    return std::generic_category().message(static_cast<int>(number));
  }
  const std::string_view text(why_.data());
  return text.empty() ? "no reason given" : std::string(text);
}

HttpFailure HttpTransfer::named_failure(CURLcode code) const
{
  const auto row = std::ranges::find(k_verdicts, code, &Verdict::code);
  const Verdict& verdict = row == std::end(k_verdicts) ? k_other : *row;
  // TLS errors are told by libcurl better than by an old errno.
  const std::string why =
    verdict.reason == Reason::tls || verdict.reason == Reason::setup ? why_.data() : reason();
  return {.reason = verdict.reason,
          .message =
            fmt::format(fmt::runtime(verdict.sentence), target_.name, why, request_.body_limit)};
}

HttpFailure HttpTransfer::failure(CURLcode code) const
{
  long proxy_status = 0;
  curl_easy_getinfo(easy(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  HttpFailure failure;
  if (too_large_) {
    failure = named_failure(CURLE_FILESIZE_EXCEEDED);
  } else if (lost_) {
    failure = named_failure(CURLE_GOT_NOTHING);
  } else if (code == CURLE_OPERATION_TIMEDOUT) {
    failure = {.reason = Reason::timed_out,
               .message = fmt::format("no connection to {} within {}", target_.name,
                                      format_duration(request_.connect_timeout))};
  } else if (!connected_ && proxy_status >= 300) {
    failure = {.reason = Reason::connect,
               .message = fmt::format("the proxy refuses to connect to {}: HTTP {}", target_.name,
                                      proxy_status)};
  } else {
    failure = named_failure(code);
  }
  failure.request_sent = request_sent();
  failure.answer_begun = answer_begun();
  return failure;
}

} // namespace flame::io
