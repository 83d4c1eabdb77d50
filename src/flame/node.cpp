#include "flame/node.hpp"

#include "base/ip_address.hpp"

#include <algorithm>

namespace flame::child {
namespace {

constexpr std::size_t k_longest = 255; // of an atom
constexpr std::string_view k_name_signs = "_-";
constexpr std::string_view k_host_signs = "_-.:"; // the last for IPv6

bool is_made_of(std::string_view text, std::string_view signs)
{
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || signs.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

// Linux takes the address of no host (0.0.0.0, ::) for its own.
bool is_own(const Ipv4& address)
{
  return is_loopback(address) || address == Ipv4{};
}

bool is_own(const Ipv6& address)
{
  const Ipv6 mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}; // ::ffff:127.0.0.1
  if (std::equal(mapped.begin(), mapped.begin() + 12, address.begin())) {
    return is_own(Ipv4{address[12], address[13], address[14], address[15]});
  }
  return is_loopback(address) || address == Ipv6{};
}

} // namespace

std::string_view host_of_node(std::string_view node)
{
  const std::size_t at = node.find('@');
  const std::string_view host = at == std::string_view::npos ? "" : node.substr(at + 1);
  return host == "nohost" ? "" : host;
}

bool has_long_name(std::string_view node)
{
  const std::string_view host = host_of_node(node);
  return host.find('.') != std::string_view::npos || parse_ipv6(host);
}

bool is_on_loopback(std::string_view node)
{
  const std::string_view host = host_of_node(node);
  if (const auto v4 = parse_ipv4(host)) {
    return is_own(*v4);
  }
  if (const auto v6 = parse_ipv6(host)) {
    return is_own(*v6);
  }
  return is_loopback_name(host) || host == "localhost.localdomain";
}

bool is_node_name(std::string_view node)
{
  const std::size_t at = node.find('@');
  return at != std::string_view::npos && node.size() <= k_longest
         && is_made_of(node.substr(0, at), k_name_signs)
         && is_made_of(node.substr(at + 1), k_host_signs);
}

} // namespace flame::child
