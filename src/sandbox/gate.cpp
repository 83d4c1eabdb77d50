#include "sandbox/gate.hpp"

#include <algorithm>

namespace flame::sandbox {

std::string_view without_port(std::string_view host)
{
  const std::size_t bracket = host.find(']');
  return host.substr(0, host.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

bool is_loopback_host(std::string_view host)
{
  const std::string_view name = without_port(host);
  return name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1"
         || name == "[::1]";
}

std::optional<Reply> refuse_stranger(const Request& request, std::string_view also)
{
  const auto hosts =
    std::ranges::count_if(request.headers, [](const auto& h) { return h.first == "host"; });
  const std::string_view host = request.header("host");
  if (hosts != 1 || (!is_loopback_host(host) && (also.empty() || without_port(host) != also))) {
    return text_reply(403, "the Host header names another computer\n");
  }
  if (request.has_header("origin")) {
    return text_reply(403, "requests of web pages are not served\n");
  }
  return std::nullopt;
}

} // namespace flame::sandbox
