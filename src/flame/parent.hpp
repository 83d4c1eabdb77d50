#pragma once

#include "base/error.hpp"
#include "base/ports.hpp"

#include <string>
#include <string_view>

// FLAME_PARENT: base64 of an Erlang external term, a map that only the BEAM of the parent can
// make. It is opaque to us and passed on byte for byte; we read what a machine needs to know.
//
// Source: FLAME 0.5 lib/flame/parent.ex; erts "External Term Format".
namespace flame::child {

struct Parent {
  std::string node = {};        // "app@10.0.0.7": the node of `pid`
  std::string node_base = {};   // "app-flame-0123456789abcdef0123"
  std::string host_env = {};    // "INSTANCE_IP"; "" for nil, as below
  std::string backend = {};     // "Elixir.FlameEC2"
  std::string backend_app = {}; // "flame_ec2"; these three may be missing, or of another kind
  std::string backend_vsn = {};
  std::string flame_vsn = {};
};

// Kind config; says all that is wrong, without showing the value.
Result<Parent> decode_parent(std::string_view base64);

// Kind config when no machine could reach the parent: it is not distributed, has a short name, or
// is on the loopback interface.
Result<void> check_reachable(const Parent& parent);

// Kind config when the backend ends no machine: a release that loses its parent, or that the parent
// ends, calls the backend's system_shutdown/0, and FLAME.LocalBackend's does nothing.
Result<void> check_backend(const Parent& parent);

// A value that decodes and names `node`, which is_node_name(), as its parent. Nobody waits for its
// pid: a release that reaches the node ends at once, any other when FLAME gives up, after 20 s.
std::string example_parent(std::string_view node, Random& random);

} // namespace flame::child
