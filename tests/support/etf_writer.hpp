#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// Writes Erlang's external term format, as OTP 25 does ("old") and as OTP 26 and later do ("new").
namespace flame::etf {

inline std::string big_endian(std::uint64_t value, int size)
{
  std::string bytes;
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
  }
  return bytes;
}

inline std::string tagged(int tag, std::string_view rest)
{
  return std::string(1, static_cast<char>(tag)).append(rest);
}

inline std::string old_atom(std::string_view name) // ATOM_EXT
{
  return tagged(100, big_endian(name.size(), 2)).append(name);
}

inline std::string new_atom(std::string_view name) // SMALL_ATOM_UTF8_EXT
{
  return tagged(119, big_endian(name.size(), 1)).append(name);
}

inline std::string binary(std::string_view bytes)
{
  return tagged(109, big_endian(bytes.size(), 4)).append(bytes);
}

inline std::string pid(std::string_view node_atom) // NEW_PID_EXT
{
  return tagged(88, node_atom) + big_endian(9, 4) + big_endian(0, 4) + big_endian(0x6B02ADC2, 4);
}

inline std::string reference(std::string_view node_atom) // NEWER_REFERENCE_EXT, three words
{
  return tagged(90, big_endian(3, 2)).append(node_atom) + big_endian(0x6B02ADC2, 4)
         + big_endian(0x00003DC0, 4) + big_endian(0x681C0001, 4) + big_endian(0x6E66C8AB, 4);
}

// With the version byte, from keys and values that are written already.
using Pairs = std::initializer_list<std::pair<std::string, std::string>>;
inline std::string map(Pairs pairs)
{
  std::string term = tagged(131, tagged(116, big_endian(pairs.size(), 4)));
  for (const auto& [key, value] : pairs) {
    term.append(key).append(value);
  }
  return term;
}

// What FLAME 0.5.3 and FlameEC2 on OTP 25 make on the node parent@127.0.0.1.
inline std::string flame_parent_otp25()
{
  const auto a = old_atom;
  const std::string node = a("parent@127.0.0.1");
  return map({{a("backend"), a("Elixir.FlameEC2")},
              {a("backend_app"), a("flame_ec2")},
              {a("backend_vsn"), binary("1.0.0")},
              {a("flame_vsn"), binary("0.5.3")},
              {a("host_env"), binary("INSTANCE_IP")},
              {a("node_base"), binary("my_app-flame-0123456789abcdef0123")},
              {a("pid"), pid(node)},
              {a("ref"), reference(node)}});
}

inline std::string flame_parent_otp26()
{
  const auto a = new_atom;
  const std::string node = a("parent@10.0.0.7");
  return map({{a("ref"), reference(node)},
              {a("pid"), pid(node)},
              {a("backend"), a("Elixir.FlameEC2")},
              {a("flame_vsn"), binary("0.5.3")},
              {a("backend_app"), a("nil")},
              {a("backend_vsn"), a("nil")},
              {a("node_base"), binary("app-flame-00")},
              {a("host_env"), a("nil")}});
}

} // namespace flame::etf
