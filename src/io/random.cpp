#include "io/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace flame::io {

std::string SystemRandom::bytes(std::size_t count)
{
  std::string bytes(count, '\0');
  for (std::size_t at = 0; at < count;) {
    const ssize_t got = ::getrandom(bytes.data() + at, count - at, 0);
    if (got > 0) {
      at += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
  }
  return bytes;
}

double SystemRandom::fraction()
{
  std::uint64_t word = 0;
  const std::string drawn = bytes(sizeof(word));
  std::memcpy(&word, drawn.data(), sizeof(word));
  return static_cast<double>(word >> 11U) * 0x1p-53; // the 53 bits that a double holds
}

} // namespace flame::io
