#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

// FLAME_PARENT: base64 of an Erlang external term, a map that only the BEAM of the parent can
// make. It is opaque to us and passed on byte for byte; we read what a machine needs to know.
//
// Source: FLAME 0.5 lib/flame/parent.ex; erts "External Term Format".
namespace flame::child {

struct Parent {
  std::string node = {};      // "app@10.0.0.7": the node of `pid`
  std::string node_base = {}; // "app-flame-0123456789abcdef0123"
  std::string host_env = {};  // "INSTANCE_IP"; "" for nil
  std::string backend = {};   // "Elixir.FlameEC2"
  std::string flame_vsn = {};
};

// Kind config; says what is wrong without showing the value.
Result<Parent> decode_parent(std::string_view base64);

// "10.0.0.7" of "app@10.0.0.7"; "" when the node has no host ("nonode@nohost": not distributed).
std::string_view host_of_node(std::string_view node);

} // namespace flame::child
