#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

// Addresses as people write them. Pure: nothing is looked up.
namespace flame {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

// Strict: four decimal numbers. "127.1" is a name to us.
std::optional<Ipv4> parse_ipv4(std::string_view text);

std::optional<Ipv6> parse_ipv6(std::string_view text); // without brackets

bool is_loopback(const Ipv4& address); // 127.0.0.0/8
bool is_loopback(const Ipv6& address); // ::1

// A host by name: "localhost" and all below it (RFC 6761).
bool is_loopback_name(std::string_view host);

} // namespace flame
