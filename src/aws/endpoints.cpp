#include "aws/endpoints.hpp"

#include "base/ip_address.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace flame::aws {
namespace {

// Inside a machine AWS serves metadata and pod credentials over http on these, link-local in all
// but their form: nobody else can have the prefix fd00:ec2::/32.
constexpr std::array<std::uint8_t, 4> k_aws_local = {0xfd, 0x00, 0x0e, 0xc2};

// Without ":port".
std::string_view host_name(std::string_view host)
{
  const std::size_t end =
    host.starts_with('[') ? std::min(host.find(']'), host.size() - 1) + 1 : host.find(':');
  return host.substr(0, end);
}

std::optional<Ipv6> ipv6_of(std::string_view host)
{
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  return in_brackets ? parse_ipv6(host.substr(1, host.size() - 2)) : std::nullopt;
}

bool is_local(std::string_view host)
{
  if (const auto v4 = parse_ipv4(host)) {
    return is_loopback(*v4) || ((*v4)[0] == 169 && (*v4)[1] == 254);
  }
  if (const auto v6 = ipv6_of(host)) {
    const bool link_local = (*v6)[0] == 0xfe && ((*v6)[1] & 0xc0) == 0x80;
    return is_loopback(*v6) || link_local
           || std::equal(k_aws_local.begin(), k_aws_local.end(), v6->begin());
  }
  return is_loopback_name(host);
}

// Letters that a DNS name may have; '_' is seen in the names of containers.
bool is_host(std::string_view host)
{
  if (host.starts_with('[')) {
    return ipv6_of(host).has_value();
  }
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  return host.size() <= 253 && std::ranges::all_of(host, fits) && !host.starts_with('.')
         && host.find("..") == std::string_view::npos;
}

// The text in a message, unless it may hold a password or a signature, or move the cursor.
std::string shown(std::string_view url)
{
  const bool secret =
    std::ranges::any_of(url, [](char c) { return c == '@' || c == '?' || c == '#' || c < ' '; });
  return secret ? "the endpoint URL" : fmt::format("the endpoint URL \"{}\"", url);
}

tl::unexpected<Error> bad_endpoint(std::string_view url, std::string_view why)
{
  return fail(ErrorKind::config, fmt::format("{} {}", shown(url), why),
              "write it as https://host, with a port or a path if needed");
}

} // namespace

Result<Endpoint> parse_endpoint(std::string_view url, bool allow_http)
{
  const auto parts = split_url(url);
  if (!parts) {
    return bad_endpoint(url, "is not a URL with a scheme and a host");
  }
  if (parts->scheme != "https" && parts->scheme != "http") {
    return bad_endpoint(url, "begins with neither https:// nor http://");
  }
  if (parts->has_user_info) {
    return bad_endpoint(url, "has a user name; requests are signed, not logged in");
  }
  if (url.find_first_of("?#") != std::string_view::npos) {
    return bad_endpoint(url, "has a query or a fragment");
  }
  if (!is_host(parts->host)) {
    return bad_endpoint(url, "has a host that is no name and no address");
  }
  const auto unfit = [](char c) { return c <= ' ' || c == '\x7f'; };
  if (std::ranges::any_of(parts->path, unfit)) {
    return bad_endpoint(url, "has a path with blanks or letters that need escaping");
  }
  if (parts->scheme == "http" && !allow_http && !is_local(parts->host)) {
    return fail(ErrorKind::config,
                fmt::format("{} uses plain http to a host that is not this machine", shown(url)),
                "use https://, or say --allow-http if the network is yours");
  }
  Endpoint endpoint{parts->scheme, authority_of(*parts), parts->path};
  endpoint.path.erase(endpoint.path.find_last_not_of('/') + 1);
  return endpoint;
}

std::string url_of(const Endpoint& endpoint)
{
  return endpoint.scheme + "://" + endpoint.host + endpoint.path;
}

bool is_address_or_loopback(std::string_view host)
{
  const std::string_view name = host_name(host);
  return parse_ipv4(name) || ipv6_of(name) || is_local(name);
}

} // namespace flame::aws
