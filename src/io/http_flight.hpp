#pragma once

#include "io/http_transfer.hpp"
#include "io/http_watch.hpp"

#include <memory>
#include <optional>

namespace flame::io {

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Multi = std::unique_ptr<CURLM, MultiDeleter>;

// A request under way, within the connections of `multi` for as long as it lives. Used by http.cpp
// alone. Not movable: libcurl holds its address.
class HttpFlight {
public:
  // All outlive it.
  HttpFlight(CURLM* multi, const HttpRequest& request, const HttpTarget& target,
             const HttpOptions& options, const HttpWatch& watch);
  HttpFlight(const HttpFlight&) = delete;
  HttpFlight& operator=(const HttpFlight&) = delete;
  ~HttpFlight() { curl_multi_remove_handle(multi_, transfer_.easy()); }

  // Once there is one; to be asked after each turn().
  std::optional<HttpAnswer> answer(TimePoint now);
  const HttpWatch& watch() const { return watch_; }

  // One round for all in `multi`.
  static void turn(CURLM* multi);

private:
  CURLM* multi_;
  HttpTransfer transfer_;
  HttpWatch watch_;
  std::optional<CURLcode> verdict_ = {};
};

} // namespace flame::io
