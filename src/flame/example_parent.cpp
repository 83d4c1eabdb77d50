#include "base/encoding.hpp"
#include "flame/parent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

// Writes a term as OTP 26 and later do; older ones read it too.
namespace flame::child {
namespace {

constexpr std::size_t k_longest_name = 64;       // that we make a longer one of
constexpr std::uint8_t k_first_word_bits = 0x03; // of a reference: 18 bits with two bytes behind
constexpr std::uint8_t k_pid_bits = 0x0f;        // 28 bits of an id with three bytes behind

std::string big_endian(std::size_t value, int size)
{
  std::string bytes;
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
  }
  return bytes;
}

std::string tagged(std::uint8_t tag, std::string_view rest)
{
  return std::string(1, static_cast<char>(tag)).append(rest);
}

std::string atom(std::string_view name) // SMALL_ATOM_UTF8
{
  return tagged(119, big_endian(name.size(), 1)).append(name);
}

std::string binary(std::string_view bytes)
{
  return tagged(109, big_endian(bytes.size(), 4)).append(bytes);
}

// Four bytes, of the first of which only `bits` may be set.
std::string word(Random& random, std::uint8_t bits)
{
  std::string bytes = random.bytes(4);
  bytes[0] = static_cast<char>(static_cast<std::uint8_t>(bytes[0]) & bits);
  return bytes;
}

// Which start of the node it was; 0 is no start.
std::string creation(Random& random)
{
  std::string bytes = random.bytes(4);
  bytes[3] = static_cast<char>(static_cast<std::uint8_t>(bytes[3]) | 1U);
  return bytes;
}

std::string pid(std::string_view node, std::string_view creation, Random& random) // NEW_PID
{
  return tagged(88, atom(node)) + word(random, k_pid_bits) + big_endian(0, 4).append(creation);
}

std::string reference(std::string_view node, std::string_view creation,
                      Random& random) // NEWER_REFERENCE
{
  std::string words = random.bytes(12);
  words[0] = '\0';
  words[1] = static_cast<char>(static_cast<std::uint8_t>(words[1]) & k_first_word_bits);
  return tagged(90, big_endian(3, 2)) + atom(node).append(creation) + words;
}

} // namespace

std::string example_parent(std::string_view node, Random& random)
{
  const std::string started = creation(random);
  const std::string_view name = node.substr(0, std::min(node.find('@'), k_longest_name));
  const std::pair<std::string_view, std::string> fields[] = {
    {"ref", reference(node, started, random)},
    {"pid", pid(node, started, random)},
    {"backend", atom("Elixir.FLAME.FlyBackend")}, // in every release with FLAME
    {"flame_vsn", binary("0.5.3")},
    {"backend_app", atom("flame")},
    {"backend_vsn", binary("0.5.3")},
    {"node_base", binary(fmt::format("{}-flame-{}", name, to_hex(random.bytes(10))))},
    {"host_env", binary("INSTANCE_IP")},
  };
  std::string term = tagged(131, tagged(116, big_endian(std::size(fields), 4)));
  for (const auto& [key, value] : fields) {
    term.append(atom(key)).append(value);
  }
  return to_base64(term);
}

} // namespace flame::child
