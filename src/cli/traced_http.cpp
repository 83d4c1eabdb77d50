#include "cli/traced_http.hpp"

#include "base/text.hpp"
#include "cli/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flame::cli {
namespace {

// EC2, STS and IAM; S3; SSM and the like.
constexpr std::array k_request_ids = {"x-amzn-requestid", "x-amz-request-id", "x-amz-requestid"};

bool is_name(std::string_view text)
{
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

std::string request_id(const io::HttpResponse& response)
{
  for (const std::string_view name : k_request_ids) {
    if (const std::string_view id = response.header(name); !id.empty()) {
      return fmt::format(", request {}", printable(id));
    }
  }
  return "";
}

} // namespace

std::string action_of(const io::HttpRequest& request)
{
  for (const auto& [name, value] : request.headers) {
    if (to_lower(name) == "x-amz-target") {
      const std::string_view action = std::string_view(value).substr(value.rfind('.') + 1);
      return is_name(action) ? std::string(action) : request.method;
    }
  }
  for (const std::string& pair : split(request.body.substr(0, request.body.find('\n')), '&')) {
    if (pair.starts_with("Action=") && is_name(pair.substr(7))) {
      return pair.substr(7);
    }
  }
  return request.method;
}

std::string host_of(std::string_view url)
{
  const std::size_t scheme = url.find("://");
  std::string_view host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return printable(host.substr(host.rfind('@') + 1)); // npos + 1 is 0
}

tl::expected<io::HttpResponse, io::HttpFailure> TracedHttp::send(const io::HttpRequest& request)
{
  const TimePoint start = clock_.now();
  auto answer = http_.send(request);
  const auto took = std::chrono::duration_cast<Millis>(clock_.now() - start).count();
  say_(fmt::format("{} at {}: {} after {} ms{}", action_of(request), host_of(request.url),
                   answer ? std::to_string(answer->status) : "no answer", took,
                   answer ? request_id(*answer) : ""));
  return answer;
}

} // namespace flame::cli
