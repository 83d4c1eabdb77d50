#include "flame/parent.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "flame/etf.hpp"
#include "flame/node.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::child {
namespace {

// An environment variable on Linux holds 128 KiB; FLAME's own value has some 300 bytes.
constexpr std::size_t k_longest = 128UL * 1024;
constexpr std::size_t k_longest_name = 255; // of an atom

constexpr std::string_view k_pass_on = "pass the value on byte for byte as FLAME made it";
constexpr std::string_view k_start_long =
  "start the parent with a long name that the machines can reach: RELEASE_DISTRIBUTION=name and "
  "RELEASE_NODE=app@<private ip>";

tl::unexpected<Error> bad_parent(std::string_view why)
{
  return fail(ErrorKind::config, fmt::format("FLAME_PARENT {}", why), std::string(k_pass_on));
}

void add(Mistakes& mistakes, std::string_view what, std::string_view hint)
{
  mistakes.add(fmt::format("FLAME_PARENT {}", what), std::string(hint));
}

Result<void> outcome(const Mistakes& mistakes)
{
  return mistakes.empty() ? Result<void>() : Result<void>(tl::unexpected(mistakes.error()));
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
  bool required; // by FLAME's child; any other that we cannot read is left out
  bool may_be_nil;
};

// clang-format off
constexpr Field k_fields[] = {
  {"ref",       "a reference", nullptr,            Term::Kind::reference, true,  false},
  {"pid",       "a pid",       &Parent::node,      Term::Kind::pid,       true,  false},
  {"backend",   "a module",    &Parent::backend,   Term::Kind::atom,      true,  false},
  {"host_env",  "a string",    &Parent::host_env,  Term::Kind::binary,    true,  true},
  {"node_base", "a string",    &Parent::node_base, Term::Kind::binary,    true,  false},
  {"backend_app", "an app",    &Parent::backend_app, Term::Kind::atom,    false, true},
  {"backend_vsn", "a string",  &Parent::backend_vsn, Term::Kind::binary,  false, true},
  {"flame_vsn", "a string",    &Parent::flame_vsn, Term::Kind::binary,    false, true},
};
// clang-format on

// What is wrong with it, "" when nothing is.
std::string read_field(const Term& map, const Field& field, Parent& parent)
{
  const Term* value = value_of(map, field.key);
  if (value == nullptr) {
    return fmt::format("has no {}", field.key);
  }
  if (field.may_be_nil && is_nil(*value)) {
    return "";
  }
  if (value->kind != field.kind || is_nil(*value)) {
    return fmt::format("has a {} that is not {}", field.key, field.wanted);
  }
  if (!is_valid_utf8(value->text) || value->text.find('\0') != std::string::npos) {
    return fmt::format("has a {} that is not text", field.key);
  }
  if (field.to != nullptr) {
    parent.*field.to = value->text;
  }
  return "";
}

Result<Parent> read_parent(const Term& map)
{
  Mistakes mistakes(ErrorKind::config);
  Parent parent;
  for (const Field& field : k_fields) {
    const std::string problem = read_field(map, field, parent);
    if (field.required && !problem.empty()) {
      add(mistakes, problem, k_pass_on);
    } else if (field.to == &Parent::node_base && !is_node_base(parent.node_base)) {
      add(mistakes, "has a node_base that no node's name can begin with", k_pass_on);
    }
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  return parent;
}

// Of what is no base64.
std::string_view problem_of(std::string_view text)
{
  constexpr std::string_view k_blanks = " \t\r\n";
  constexpr std::string_view k_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  if (text.find_first_of(k_blanks) != std::string_view::npos) {
    return "holds blanks or line breaks";
  }
  return text.find_first_not_of(k_letters) == std::string_view::npos && text.size() % 4 != 0
           ? "was cut: its base64 ends in the middle of a group"
           : "is not base64";
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
    return bad_parent(problem_of(base64));
  }
  const auto term = decode_term(*bytes);
  if (!term) {
    return bad_parent(term.error());
  }
  if (term->kind != Term::Kind::map) {
    return bad_parent("is an Erlang term, but not a map");
  }
  return read_parent(*term);
}

Result<void> check_reachable(const Parent& parent)
{
  Mistakes mistakes(ErrorKind::config);
  if (host_of_node(parent.node).empty()) {
    add(mistakes, fmt::format("is of the node {}, which is not distributed", parent.node),
        k_start_long);
  } else if (!has_long_name(parent.node)) {
    add(mistakes,
        fmt::format("is of the node {}, a short name, which no machine can reach", parent.node),
        k_start_long);
  }
  if (is_on_loopback(parent.node)) {
    add(mistakes,
        fmt::format("is of the node {}, on the loopback interface, where each machine finds only "
                    "itself",
                    parent.node),
        k_start_long);
  }
  return outcome(mistakes);
}

Result<void> check_backend(const Parent& parent)
{
  Mistakes mistakes(ErrorKind::config);
  if (parent.backend == "Elixir.FLAME.LocalBackend") {
    add(
      mistakes, "names the backend FLAME.LocalBackend, which ends no machine",
      "name the backend that boots the machines; FLAME.FlyBackend is in every release with FLAME, "
      "and its shutdown ends the release");
  }
  return outcome(mistakes);
}

} // namespace flame::child
