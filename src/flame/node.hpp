#pragma once

#include <string_view>

// What the name of a node says about who can reach it. Pure: no name is looked up.
//
// Source: OTP lib/kernel/src/inet_tcp_dist.erl (splitnode), net_kernel.erl.
namespace flame::child {

// "10.0.0.7" of "app@10.0.0.7"; "" when the node has no host ("nonode@nohost": not distributed).
std::string_view host_of_node(std::string_view node);

// As Erlang tells them apart: the host has a dot, or is an IPv6 address. Nodes with long names and
// nodes with short ones refuse each other, and ours have long ones.
bool has_long_name(std::string_view node);

// To every machine the host is that machine itself.
bool is_on_loopback(std::string_view node);

// "NAME@HOST" of letters that Erlang takes for a node, at most 255 of them.
bool is_node_name(std::string_view node);

} // namespace flame::child
