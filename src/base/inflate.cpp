#include "base/inflate.hpp"

#include <zlib.h>

namespace flame {

std::optional<std::string> inflate(std::string_view zlib, std::size_t size)
{
  std::string bytes(size, '\0');
  uLongf got = size;
  uLong used = zlib.size();
  // Both pointers are bytes to zlib, and it only reads the second.
  const int status = ::uncompress2(reinterpret_cast<Bytef*>(bytes.data()), &got,
                                   reinterpret_cast<const Bytef*>(zlib.data()), &used);
  return status == Z_OK && got == size ? std::optional(std::move(bytes)) : std::nullopt;
}

} // namespace flame
