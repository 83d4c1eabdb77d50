// std::random_device of g++ 12's libstdc++, within the programs of the static build, asks
// arc4random, which glibc has since 2.36 alone. This one takes its place, so that 2.34 does.
#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>

extern "C" std::uint32_t arc4random() noexcept
{
  std::uint32_t value = 0;
  while (::getrandom(&value, sizeof value, 0) < 0) { // so few bytes come all at once, or not at all
    if (errno != EINTR) {
      std::abort();
    }
  }
  return value;
}
