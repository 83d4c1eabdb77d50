#include "io/http_flight.hpp"

#include <new>

namespace flame::io {

HttpFlight::HttpFlight(CURLM* multi, const HttpRequest& request, const HttpTarget& target,
                       const HttpOptions& options, const HttpWatch& watch)
  : multi_(multi), transfer_(request, target, options), watch_(watch)
{
  curl_easy_setopt(transfer_.easy(), CURLOPT_PRIVATE, static_cast<void*>(this));
  if (curl_multi_add_handle(multi_, transfer_.easy()) != CURLM_OK) {
    throw std::bad_alloc();
  }
}

std::optional<HttpAnswer> HttpFlight::answer(TimePoint now)
{
  if (verdict_) {
    if (*verdict_ == CURLE_OK && transfer_.head_ended()) {
      return transfer_.take_response();
    }
    return tl::unexpected(
      transfer_.failure(*verdict_ == CURLE_OK ? CURLE_PARTIAL_FILE : *verdict_));
  }
  auto stop = watch_.look(&transfer_, now);
  if (!stop) {
    return std::nullopt;
  }
  stop->request_sent = transfer_.request_sent();
  stop->answer_begun = transfer_.answer_begun();
  return tl::unexpected(std::move(*stop));
}

void HttpFlight::turn(CURLM* multi)
{
  int active = 0;
  curl_multi_perform(multi, &active);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    char* flight = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
    if (message->msg == CURLMSG_DONE && flight != nullptr) {
      reinterpret_cast<HttpFlight*>(flight)->verdict_ = message->data.result;
    }
  }
}

} // namespace flame::io
