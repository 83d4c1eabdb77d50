#include "flame/parent.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "flame/etf.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::child {
namespace {

// An environment variable on Linux holds 128 KiB; FLAME's own value has some 300 bytes.
constexpr std::size_t k_longest = 128UL * 1024;
constexpr std::size_t k_longest_name = 255; // of an atom

tl::unexpected<Error> bad_parent(std::string_view why)
{
  return fail(ErrorKind::config, fmt::format("FLAME_PARENT {}", why),
              "pass the value on byte for byte as FLAME made it");
}

// nullptr when the map has no such key.
const Term* value_of(const Term& map, std::string_view key)
{
  const auto entry = std::ranges::find_if(map.entries, [&](const auto& pair) {
    return pair.first.kind == Term::Kind::atom && pair.first.text == key;
  });
  return entry == map.entries.end() ? nullptr : &entry->second;
}

bool is_nil(const Term& term)
{
  return term.kind == Term::Kind::atom && term.text == "nil";
}

// It becomes the first half of a node's name.
bool is_node_base(std::string_view text)
{
  const auto unfit = [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f' || c == '@'; };
  return !text.empty() && text.size() <= k_longest_name && is_valid_utf8(text)
         && std::ranges::none_of(text, unfit);
}

struct Field {
  std::string_view key;
  std::string_view wanted; // for the message
  std::string Parent::*to; // nullptr: only checked
  Term::Kind kind;
  bool required; // by FLAME's child
  bool may_be_nil;
};

// clang-format off
constexpr Field k_fields[] = {
  {"ref",       "a reference", nullptr,            Term::Kind::reference, true,  false},
  {"pid",       "a pid",       &Parent::node,      Term::Kind::pid,       true,  false},
  {"backend",   "a module",    &Parent::backend,   Term::Kind::atom,      true,  false},
  {"host_env",  "a string",    &Parent::host_env,  Term::Kind::binary,    true,  true},
  {"node_base", "a string",    &Parent::node_base, Term::Kind::binary,    true,  false},
  {"flame_vsn", "a string",    &Parent::flame_vsn, Term::Kind::binary,    false, true},
};
// clang-format on

Result<void> read_field(const Term& map, const Field& field, Parent& parent)
{
  const Term* value = value_of(map, field.key);
  if (value == nullptr) {
    return field.required ? Result<void>(bad_parent(fmt::format("has no {}", field.key)))
                          : Result<void>();
  }
  if (field.may_be_nil && is_nil(*value)) {
    return {};
  }
  if (value->kind != field.kind || is_nil(*value)) {
    return bad_parent(fmt::format("has a {} that is not {}", field.key, field.wanted));
  }
  if (!is_valid_utf8(value->text) || value->text.find('\0') != std::string::npos) {
    return bad_parent(fmt::format("has a {} that is not text", field.key));
  }
  if (field.to != nullptr) {
    parent.*field.to = value->text;
  }
  return {};
}

} // namespace

Result<Parent> decode_parent(std::string_view base64)
{
  if (base64.empty()) {
    return bad_parent("is empty");
  }
  if (base64.size() > k_longest) {
    return bad_parent(fmt::format("has {} bytes, more than any that FLAME makes", base64.size()));
  }
  const auto bytes = from_base64(base64);
  if (!bytes) {
    const bool blanks = base64.find_first_of(" \t\r\n") != std::string_view::npos;
    return bad_parent(blanks ? "holds blanks or line breaks" : "is not base64, or was cut");
  }
  const auto term = decode_term(*bytes);
  if (!term) {
    return bad_parent(term.error());
  }
  if (term->kind != Term::Kind::map) {
    return bad_parent("is an Erlang term, but not a map");
  }
  Parent parent;
  for (const Field& field : k_fields) {
    if (const auto read = read_field(*term, field, parent); !read) {
      return tl::unexpected(read.error());
    }
  }
  if (!is_node_base(parent.node_base)) {
    return bad_parent("has a node_base that no node's name can begin with");
  }
  return parent;
}

std::string_view host_of_node(std::string_view node)
{
  const std::size_t at = node.find('@');
  const std::string_view host = at == std::string_view::npos ? "" : node.substr(at + 1);
  return host == "nohost" ? "" : host;
}

} // namespace flame::child
