#include "base/ip_address.hpp"

#include <arpa/inet.h>

#include <string>

namespace flame {
namespace {

template <typename Address> std::optional<Address> parse(int family, std::string_view text)
{
  Address address{};
  const bool whole = text.find('\0') == std::string_view::npos;
  return whole && inet_pton(family, std::string(text).c_str(), address.data()) == 1
           ? std::optional(address)
           : std::nullopt;
}

} // namespace

std::optional<Ipv4> parse_ipv4(std::string_view text)
{
  return parse<Ipv4>(AF_INET, text);
}

std::optional<Ipv6> parse_ipv6(std::string_view text)
{
  return parse<Ipv6>(AF_INET6, text);
}

bool is_loopback(const Ipv4& address)
{
  return address[0] == 127;
}

bool is_loopback(const Ipv6& address)
{
  Ipv6 loopback{};
  loopback[15] = 1;
  return address == loopback;
}

bool is_loopback_name(std::string_view host)
{
  return host == "localhost" || host.ends_with(".localhost");
}

} // namespace flame
