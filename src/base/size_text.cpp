#include "base/size_text.hpp"

#include <fmt/format.h>

namespace flame {

std::string size_text(std::uint64_t bytes)
{
  constexpr std::uint64_t kib = 1024;
  constexpr std::uint64_t mib = 1024 * kib;
  if (bytes < kib) {
    return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  }
  const std::uint64_t unit = bytes < mib ? kib : mib;
  return fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(unit),
                     unit == kib ? "KiB" : "MiB");
}

} // namespace flame
