#include "flame/etf.hpp"

#include "base/inflate.hpp"
#include "flame/byte_reader.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace flame::child {
namespace {

constexpr int k_deepest = 64; // FLAME's own terms go to 3
constexpr std::uint8_t k_version = 131;
constexpr std::uint8_t k_compressed = 80;          // stands behind the version only
constexpr std::uint32_t k_largest = 1024UL * 1024; // once unpacked

Term read_term(Reader& reader, int depth);

std::string from_latin1(std::string_view bytes)
{
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0U | byte >> 6U);
      text += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return text;
}

Term utf8_atom(Reader& reader, std::uint32_t size_bytes)
{
  return {.kind = Term::Kind::atom, .text = std::string(reader.take(reader.number(size_bytes)))};
}

Term latin1_atom(Reader& reader, std::uint32_t size_bytes)
{
  return {.kind = Term::Kind::atom, .text = from_latin1(reader.take(reader.number(size_bytes)))};
}

Term binary(Reader& reader, std::uint32_t size_bytes)
{
  return {.kind = Term::Kind::binary, .text = std::string(reader.take(reader.number(size_bytes)))};
}

// So many bytes that nobody here wants to know.
Term fixed(Reader& reader, std::uint32_t size)
{
  reader.take(size);
  return {};
}

// A count of `size_bytes`, then so many bytes (and, for big numbers, a sign).
Term counted(Reader& reader, std::uint32_t size_bytes)
{
  reader.take(reader.number(size_bytes));
  return {};
}

Term big_number(Reader& reader, std::uint32_t size_bytes)
{
  reader.take(std::uint64_t{reader.number(size_bytes)} + 1);
  return {};
}

Term bit_binary(Reader& reader, std::uint32_t size_bytes)
{
  const std::uint32_t size = reader.number(size_bytes);
  reader.take(std::uint64_t{size} + 1); // the bits used in the last byte come first
  return {};
}

// A function's size counts the four bytes that it is written in.
Term sized_with_itself(Reader& reader, std::uint32_t size_bytes)
{
  const std::uint32_t size = reader.number(size_bytes);
  if (size < size_bytes) {
    reader.fail("has a function shorter than its header");
    return {};
  }
  reader.take(size - size_bytes);
  return {};
}

// Terms one after the other; every one takes a byte at least, so a wrong count ends at the end.
void skip_terms(Reader& reader, std::uint64_t count, int depth)
{
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    read_term(reader, depth + 1);
  }
}

std::string node_of(Reader& reader, int depth)
{
  Term node = read_term(reader, depth + 1);
  if (reader.ok() && node.kind != Term::Kind::atom) {
    reader.fail("has a node name that is no atom");
  }
  return std::move(node.text);
}

Term tuple(Reader& reader, std::uint32_t size_bytes, int depth)
{
  skip_terms(reader, reader.number(size_bytes), depth);
  return {};
}

Term list(Reader& reader, std::uint32_t size_bytes, int depth)
{
  skip_terms(reader, std::uint64_t{reader.number(size_bytes)} + 1, depth); // and the tail
  return {};
}

Term terms(Reader& reader, std::uint32_t count, int depth)
{
  skip_terms(reader, count, depth);
  return {};
}

Term old_function(Reader& reader, std::uint32_t size_bytes, int depth)
{
  // Free variables, after pid, module, index and uniq.
  skip_terms(reader, std::uint64_t{reader.number(size_bytes)} + 4, depth);
  return {};
}

Term pid(Reader& reader, std::uint32_t size, int depth)
{
  Term found{.kind = Term::Kind::pid, .text = node_of(reader, depth)};
  reader.take(size);
  return found;
}

Term single_reference(Reader& reader, std::uint32_t size, int depth)
{
  node_of(reader, depth);
  reader.take(size);
  return {.kind = Term::Kind::reference};
}

Term reference(Reader& reader, std::uint32_t creation_size, int depth)
{
  const std::uint32_t words = reader.number(2);
  node_of(reader, depth);
  reader.take(creation_size + std::uint64_t{words} * 4);
  return {.kind = Term::Kind::reference};
}

Term port(Reader& reader, std::uint32_t size, int depth)
{
  node_of(reader, depth);
  reader.take(size);
  return {};
}

Term map(Reader& reader, std::uint32_t size_bytes, int depth)
{
  const std::uint32_t count = reader.number(size_bytes);
  Term found{.kind = Term::Kind::map};
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    Term key = read_term(reader, depth + 1);
    Term value = read_term(reader, depth + 1);
    if (depth == 0) {
      found.entries.emplace_back(std::move(key), std::move(value));
    }
  }
  return found;
}

// A leaf reads bytes, a branch reads terms. `size` is what the row's reader calls it.
struct Tag {
  std::uint8_t tag;
  std::uint32_t size;
  Term (*leaf)(Reader& reader, std::uint32_t size);
  Term (*branch)(Reader& reader, std::uint32_t size, int depth) = nullptr;
};

// clang-format off
constexpr Tag k_tags[] = {
  {70,  8,  fixed},            // NEW_FLOAT
  {77,  4,  bit_binary},       // BIT_BINARY
  {88,  12, nullptr, pid},     // NEW_PID: id, serial, creation
  {89,  8,  nullptr, port},    // NEW_PORT
  {90,  4,  nullptr, reference},        // NEWER_REFERENCE
  {97,  1,  fixed},            // SMALL_INTEGER
  {98,  4,  fixed},            // INTEGER
  {99,  31, fixed},            // FLOAT, as text
  {100, 2,  latin1_atom},      // ATOM, up to OTP 25
  {101, 5,  nullptr, single_reference}, // REFERENCE
  {102, 5,  nullptr, port},    // PORT
  {103, 9,  nullptr, pid},     // PID
  {104, 1,  nullptr, tuple},   // SMALL_TUPLE
  {105, 4,  nullptr, tuple},   // LARGE_TUPLE
  {106, 0,  fixed},            // NIL, the empty list
  {107, 2,  counted},          // STRING, a list of bytes
  {108, 4,  nullptr, list},    // LIST
  {109, 4,  binary},           // BINARY
  {110, 1,  big_number},       // SMALL_BIG
  {111, 4,  big_number},       // LARGE_BIG
  {112, 4,  sized_with_itself},         // NEW_FUN
  {113, 3,  nullptr, terms},   // EXPORT: module, function, arity
  {114, 1,  nullptr, reference},        // NEW_REFERENCE
  {115, 1,  latin1_atom},      // SMALL_ATOM
  {116, 4,  nullptr, map},     // MAP
  {117, 4,  nullptr, old_function},     // FUN
  {118, 2,  utf8_atom},        // ATOM_UTF8
  {119, 1,  utf8_atom},        // SMALL_ATOM_UTF8, since OTP 26
  {120, 12, nullptr, port},    // V4_PORT
};
// clang-format on

const Tag* row_of(std::uint32_t tag)
{
  for (const Tag& row : k_tags) {
    if (row.tag == tag) {
      return &row;
    }
  }
  return nullptr;
}

Term read_term(Reader& reader, int depth)
{
  if (depth > k_deepest) {
    reader.fail("has terms within terms too deeply");
    return {};
  }
  const std::uint32_t tag = reader.number(1);
  if (!reader.ok()) {
    return {};
  }
  const Tag* row = row_of(tag);
  if (row == nullptr) {
    reader.fail(fmt::format("has a term of unknown kind {}", tag));
    return {};
  }
  return row->leaf != nullptr ? row->leaf(reader, row->size)
                              : row->branch(reader, row->size, depth);
}

// `packed`: its size, then zlib's stream.
tl::expected<std::string, std::string> unpack(std::string_view packed)
{
  Reader reader(packed);
  const std::uint32_t size = reader.number(4);
  if (!reader.ok()) {
    return tl::unexpected(reader.problem());
  }
  if (size > k_largest) {
    return tl::unexpected(fmt::format("is a compressed term of {} bytes", size));
  }
  auto bytes = inflate(packed.substr(4), size);
  if (!bytes) {
    return tl::unexpected(std::string("is a compressed term that is cut or broken"));
  }
  return *std::move(bytes);
}

tl::expected<Term, std::string> whole_term(std::string_view bytes)
{
  Reader reader(bytes);
  Term term = read_term(reader, 0);
  if (!reader.ok()) {
    return tl::unexpected(reader.problem());
  }
  return term;
}

} // namespace

tl::expected<Term, std::string> decode_term(std::string_view bytes)
{
  if (bytes.empty() || static_cast<std::uint8_t>(bytes.front()) != k_version) {
    return tl::unexpected(std::string("is not an Erlang term"));
  }
  bytes.remove_prefix(1);
  if (bytes.empty() || static_cast<std::uint8_t>(bytes.front()) != k_compressed) {
    return whole_term(bytes);
  }
  return unpack(bytes.substr(1)).and_then([](const std::string& unpacked) {
    return whole_term(unpacked);
  });
}

} // namespace flame::child
