#include "io/http_transfer.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <system_error>

namespace flame::io {
namespace {

constexpr std::size_t k_header_limit = 256UL * 1024;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part(CURLU* url, CURLUPart which)
{
  char* text = nullptr;
  if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) {
    return {};
  }
  std::string copy(text);
  curl_free(text);
  return copy;
}

// OpenSSL reads a whole bundle (20 ms), but of a hashed folder only the root that it needs.
bool is_hashed_folder(const std::string& folder)
{
  std::error_code failed;
  const std::filesystem::directory_iterator first(folder, failed);
  return std::any_of(begin(first), end(first),
                     [](const auto& entry) { return entry.path().extension() == ".0"; });
}

// Where the distributions have all authorities in one file: Debian, Fedora and Amazon Linux, SUSE.
constexpr const char* k_ca_files[] = {"/etc/ssl/certs/ca-certificates.crt",
                                      "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"};

// Null when there is none: then it is that of libcurl's build, and the static build has none.
const char* system_ca_file()
{
  const auto found =
    std::ranges::find_if(k_ca_files, [](const char* file) { return ::access(file, R_OK) == 0; });
  return found == std::end(k_ca_files) ? nullptr : *found;
}

template <typename Value> void set(CURL* easy, CURLoption option, Value value)
{
  // Options fail only for want of memory, or when this libcurl was built without them: then the
  // default is what there is.
  if (curl_easy_setopt(easy, option, value) == CURLE_OUT_OF_MEMORY) {
    throw std::bad_alloc();
  }
}

} // namespace

std::optional<HttpTarget> parse_target(const std::string& url)
{
  const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  HttpTarget target{.scheme = part(parsed.get(), CURLUPART_SCHEME),
                    .host = to_lower(part(parsed.get(), CURLUPART_HOST))};
  if (target.host.empty() || (target.scheme != "http" && target.scheme != "https")) {
    return std::nullopt;
  }
  target.name = fmt::format("{}:{}", target.host, part(parsed.get(), CURLUPART_PORT));
  target.loopback = target.host == "localhost" || target.host.ends_with(".localhost")
                    || target.host.starts_with("127.") || target.host == "[::1]";
  return target;
}

HttpTransfer::HttpTransfer(const HttpRequest& request, const HttpTarget& target,
                           const HttpOptions& options)
  : request_(request), target_(target), easy_(curl_easy_init())
{
  if (!easy_) {
    throw std::bad_alloc();
  }
  set_request();
  set_limits();
  if (target.scheme == "https") {
    set_trust(options);
  }
}

void HttpTransfer::set_request()
{
  CURL* easy = easy_.get();
  // No answer to `Expect` is waited for; what is signed is what is sent.
  bool has_content_type = false;
  std::vector<std::string> lines = {"Expect:"};
  for (const auto& [name, value] : request_.headers) {
    has_content_type = has_content_type || to_lower(name) == "content-type";
    lines.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  if (!has_content_type) {
    lines.emplace_back("Content-Type:");
  }
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) {
      throw std::bad_alloc();
    }
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }
  set(easy, CURLOPT_URL, request_.url.c_str());
  set(easy, CURLOPT_HTTPHEADER, headers_.get());
  if (request_.method == "HEAD") {
    set(easy, CURLOPT_NOBODY, 1L);
  } else if (request_.method != "GET") {
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request_.body.data());
    set(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

void HttpTransfer::set_limits()
{
  CURL* easy = easy_.get();
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_QUICK_EXIT, 1L); // do not wait for a resolver that hangs
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
  set(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.body_limit));
  set(easy, CURLOPT_ERRORBUFFER, why_.data());
  set(easy, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  set(easy, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(easy, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  set(easy, CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(easy, CURLOPT_PREREQFUNCTION, &HttpTransfer::on_connected);
  set(easy, CURLOPT_PREREQDATA, static_cast<void*>(this));
  if (request_.direct || target_.loopback) {
    set(easy, CURLOPT_PROXY, "");
    set(easy, CURLOPT_NOPROXY, "*");
  }
}

void HttpTransfer::set_trust(const HttpOptions& options)
{
  CURL* easy = easy_.get();
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_bundle.empty()) {
    set(easy, CURLOPT_CAINFO, options.ca_bundle.c_str());
    set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  } else if (is_hashed_folder(options.ca_folder)) {
    set(easy, CURLOPT_CAPATH, options.ca_folder.c_str());
    set(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
  } else if (const char* const file = system_ca_file()) {
    set(easy, CURLOPT_CAINFO, file);
  }
}

std::size_t HttpTransfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self)
{
  HttpTransfer& transfer = *static_cast<HttpTransfer*>(self);
  const std::string_view line(bytes, size * count);
  transfer.received_ += static_cast<std::int64_t>(line.size());
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > k_header_limit) {
    transfer.too_large_ = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) { // a new answer: what came before it was a "100 Continue"
    transfer.response_.headers.clear();
    transfer.head_ended_ = false;
    return line.size();
  }
  transfer.head_ended_ = transfer.head_ended_ || trim(line).empty();
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    transfer.response_.headers.emplace_back(to_lower(trim(line.substr(0, colon))),
                                            trim(line.substr(colon + 1)));
  }
  return line.size();
}

std::size_t HttpTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self)
{
  HttpTransfer& transfer = *static_cast<HttpTransfer*>(self);
  const std::size_t length = size * count;
  transfer.received_ += static_cast<std::int64_t>(length);
  if (transfer.response_.body.size() + length > transfer.request_.body_limit) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.response_.body.append(bytes, length);
  return length;
}

int HttpTransfer::on_connected(void* self, char* /*remote*/, char* /*local*/, int /*port*/,
                               int /*local_port*/)
{
  HttpTransfer& transfer = *static_cast<HttpTransfer*>(self);
  // Of a kept connection that ends without an answer, libcurl believes that it was too old, and
  // sends the same on a new one. But the server may have done it: who sent it must know.
  transfer.lost_ = transfer.connected_;
  transfer.connected_ = true;
  return transfer.lost_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

bool HttpTransfer::request_sent() const
{
  long bytes = 0;
  curl_easy_getinfo(easy(), CURLINFO_REQUEST_SIZE, &bytes);
  return connected_ && bytes > 0; // not the bytes of a proxy's CONNECT
}

std::int64_t HttpTransfer::progress() const
{
  long head = 0;
  curl_off_t body = 0;
  curl_easy_getinfo(easy(), CURLINFO_REQUEST_SIZE, &head);
  curl_easy_getinfo(easy(), CURLINFO_SIZE_UPLOAD_T, &body);
  return received_ + head + body;
}

HttpResponse HttpTransfer::take_response()
{
  long status = 0;
  curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

} // namespace flame::io
