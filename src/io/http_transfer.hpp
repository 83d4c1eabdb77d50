#pragma once

#include "io/http.hpp"

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>

// One request as libcurl's easy handle. Used by http.cpp alone.
namespace flame::io {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// Where a URL leads, for messages and for the choice of a proxy.
struct HttpTarget {
  std::string scheme = {};
  std::string host = {}; // lower case, IPv6 in brackets
  std::string name = {}; // "ec2.eu-west-1.amazonaws.com:443"
  bool loopback = false;
};

std::optional<HttpTarget> parse_target(const std::string& url);

// Not movable: libcurl holds its address.
class HttpTransfer {
public:
  // `request` must outlive the transfer.
  HttpTransfer(const HttpRequest& request, const HttpTarget& target, const HttpOptions& options);
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  bool connected() const { return connected_; } // and TLS is done
  // Bytes of the request may have reached the server.
  bool request_sent() const;
  bool answer_begun() const { return received_ > 0; }
  // libcurl takes a head that is cut off for one that has ended.
  bool head_ended() const { return head_ended_; }
  std::int64_t progress() const; // bytes both ways; only grows
  HttpResponse take_response();
  // What libcurl's verdict means to us.
  HttpFailure failure(CURLcode code) const;

private:
  void set_request();
  void set_limits();
  void set_trust(const HttpOptions& options);
  HttpFailure named_failure(CURLcode code) const;
  std::string reason() const;

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static int on_connected(void* self, char* remote, char* local, int port, int local_port);

  const HttpRequest& request_;
  const HttpTarget& target_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
  std::unique_ptr<curl_slist, ListDeleter> headers_ = {};
  std::array<char, CURL_ERROR_SIZE> why_ = {};
  HttpResponse response_ = {};
  std::size_t header_bytes_ = 0;
  std::int64_t received_ = 0;
  bool connected_ = false;
  bool head_ended_ = false;
  bool too_large_ = false;
  bool lost_ = false; // the connection ended without an answer, and libcurl would send once more
};

} // namespace flame::io
