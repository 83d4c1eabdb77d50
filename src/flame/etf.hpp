#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reads Erlang's external term format: enough to look into one map. Pure. Whatever the bytes are,
// it ends, uses memory in proportion to them (a compressed term: 1 MiB) and recurses to a fixed
// depth.
//
// Source: erts, "External Term Format".
namespace flame::child {

struct Term {
  enum class Kind { atom, binary, pid, reference, map, other };
  Kind kind = Kind::other;
  // atom: its name as UTF-8; binary: its bytes; pid: the name of its node.
  std::string text = {};
  std::vector<std::pair<Term, Term>> entries = {}; // of a map that is the whole term, in its order
};

// One term, with its version byte in front. As in Erlang, bytes after it do not matter. The error
// says what is wrong, to be read after the name of the value: "ends in the middle of a term".
tl::expected<Term, std::string> decode_term(std::string_view bytes);

} // namespace flame::child
