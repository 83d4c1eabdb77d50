#include "sandbox/random.hpp"

#include "io/random.hpp"

#include <cstdint>
#include <string_view>

namespace flame::sandbox {
namespace {

std::string pick(std::string_view alphabet, std::size_t count) // alphabet: 2^n letters
{
  std::string text = io::SystemRandom().bytes(count);
  for (char& c : text) {
    c = alphabet[static_cast<std::uint8_t>(c) % alphabet.size()];
  }
  return text;
}

} // namespace

std::string random_hex(std::size_t digits)
{
  return pick("0123456789abcdef", digits);
}

std::string random_upper(std::size_t digits)
{
  return pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", digits);
}

std::string random_secret(std::size_t size)
{
  return pick("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", size);
}

std::string random_uuid()
{
  return random_hex(8) + "-" + random_hex(4) + "-4" + random_hex(3) + "-a" + random_hex(3) + "-"
         + random_hex(12);
}

} // namespace flame::sandbox
